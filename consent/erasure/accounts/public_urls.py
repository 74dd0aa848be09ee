"""Addresses under /erasure/account/: for whoever holds the code of an account's end."""

from django.urls import path

from consent.erasure.accounts import certificate_views

app_name = "account_ending"
urlpatterns = [
    path("<slug:code>/", certificate_views.status, name="status"),
    path(
        "<slug:code>/certificate.json",
        certificate_views.certificate_json,
        name="certificate_json",
    ),
    path(
        "<slug:code>/certificate.pdf",
        certificate_views.certificate_pdf,
        name="certificate_pdf",
    ),
]
