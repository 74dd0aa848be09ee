"""Addresses."""

from django.urls import URLPattern

app_name = "affiliates"
urlpatterns: list[URLPattern] = []
