"""Addresses."""

from django.urls import URLPattern

app_name = "conversation"
urlpatterns: list[URLPattern] = []
