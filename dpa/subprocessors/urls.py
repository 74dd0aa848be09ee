"""Addresses."""

from django.urls import URLPattern

app_name = "subprocessors"
urlpatterns: list[URLPattern] = []
