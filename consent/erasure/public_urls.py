"""Addresses under /erasure/: for whoever holds a code."""

from django.urls import path

from consent.erasure import status_views
from consent.erasure.certificates import files

app_name = "erasure_status"
urlpatterns = [
    path("", status_views.erasure_ask, name="ask"),
    path("<slug:code>/", status_views.erasure_status, name="status"),
    path(
        "<slug:code>/certificate.json",
        files.certificate_json,
        name="certificate_json",
    ),
    path("<slug:code>/certificate.pdf", files.certificate_pdf, name="certificate_pdf"),
]
