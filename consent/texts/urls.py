"""Addresses under /legal/. Without a namespace: every room names these pages as ``legal``."""

from django.urls import path

from consent.texts import views

urlpatterns = [path("legal/<slug:slug>/", views.legal, name="legal")]
