"""Addresses under /accounts/, beside allauth's: what somebody sets for themselves."""

from django.urls import path

from tenants.accounts import views

urlpatterns = [path("profile/", views.profile, name="account_profile")]
