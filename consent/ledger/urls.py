"""Addresses under /app/<tenant>/consents/."""

from django.urls import path

from consent.ledger import exports, views

app_name = "ledger"
urlpatterns = [
    path("", views.consent_list, name="list"),
    path("export.csv", exports.consent_export, name="export"),
    path("<uuid:record_id>/", views.consent_detail, name="detail"),
    path("<uuid:record_id>/proof.json", exports.consent_proof, name="proof"),
]
