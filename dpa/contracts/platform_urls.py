"""Addresses below /platform/contracts/."""

from django.urls import path

from dpa.contracts import platform_views as views

app_name = "contract_review"
urlpatterns = [
    path("", views.queue, name="list"),
    path("<uuid:contract_id>/", views.review, name="show"),
    path("<uuid:contract_id>/countersign/", views.countersign, name="countersign"),
    path("<uuid:contract_id>/retry/", views.retry, name="retry"),
    path("<uuid:contract_id>/draft.pdf", views.document, {"which": "draft"}, name="draft"),
    path("<uuid:contract_id>/contract.pdf", views.document, {"which": "sealed"}, name="sealed"),
]
