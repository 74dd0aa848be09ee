"""Addresses."""

from django.urls import URLPattern

app_name = "webchat"
urlpatterns: list[URLPattern] = []
