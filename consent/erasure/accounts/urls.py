"""Addresses under /accounts/, beside one's other settings."""

from django.urls import path

from consent.erasure.accounts import views
from tenants.accounts.reauthentication import freshly_pressed

urlpatterns = [path("end/", freshly_pressed(views.end), name="account_end")]
