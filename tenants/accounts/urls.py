"""Addresses under /app/<slug>/."""

from django.urls import path

from tenants.accounts import views

app_name = "accounts"
urlpatterns = [path("settings/", views.company_settings, name="settings")]
