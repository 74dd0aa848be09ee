"""Addresses."""

from django.urls import URLPattern

app_name = "passage"
urlpatterns: list[URLPattern] = []
