"""Addresses under /erasure/: for whoever holds a code."""

from django.urls import path

from consent.erasure import certificate_views, status_views

app_name = "erasure_status"
urlpatterns = [
    path("", status_views.erasure_ask, name="ask"),
    path("<slug:code>/", status_views.erasure_status, name="status"),
    path(
        "<slug:code>/certificate.json",
        certificate_views.certificate_json,
        name="certificate_json",
    ),
    path("<slug:code>/certificate.pdf", certificate_views.certificate_pdf, name="certificate_pdf"),
]
