"""Addresses."""

from django.urls import URLPattern

app_name = "tool"
urlpatterns: list[URLPattern] = []
