"""Addresses under /app/<tenant>/consents/."""

from django.urls import path

from consent.ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.consent_list, name="list"),
    path("export.csv", views.consent_export, name="export"),
    path("<uuid:record_id>/", views.consent_detail, name="detail"),
]
