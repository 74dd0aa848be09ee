"""Addresses under /erasure/business/: for whoever holds the code of a business's end."""

from django.urls import path

from consent.erasure.leaving import certificate_views

app_name = "ending"
urlpatterns = [
    path("<slug:code>/", certificate_views.certificate, name="certificate"),
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
