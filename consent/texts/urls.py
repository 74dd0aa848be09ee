"""Addresses."""

from django.urls import URLPattern

app_name = "texts"
urlpatterns: list[URLPattern] = []
