"""Addresses under /receipt/: for whoever was given one."""

from django.urls import path

from consent.ledger import receipt_views

app_name = "receipt"
urlpatterns = [
    path("<str:code>/", receipt_views.show, name="show"),
    path("<str:code>/receipt.jsonld", receipt_views.download, name="download"),
    path("<str:code>/proof.json", receipt_views.proof, name="proof"),
    path("<str:code>/withdraw/", receipt_views.withdraw_consent, name="withdraw"),
]
