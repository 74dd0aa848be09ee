"""Addresses."""

from django.urls import URLPattern

app_name = "erasure_status"
urlpatterns: list[URLPattern] = []
