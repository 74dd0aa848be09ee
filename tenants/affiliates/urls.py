"""Addresses under /partner/."""

from django.urls import path

from tenants.affiliates import views

app_name = "partner"
urlpatterns = [path("", views.home, name="home")]
