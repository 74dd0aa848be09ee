"""Addresses below /app/<tenant-slug>/contracts/."""

from django.urls import path

from dpa.contracts import views

app_name = "contracts"
urlpatterns = [
    path("", views.contract_list, name="list"),
    path("new/", views.new_contract, name="new"),
    path("<uuid:contract_id>/", views.show_contract, name="show"),
    path("<uuid:contract_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:contract_id>/draft.pdf", views.document, {"which": "draft"}, name="draft"),
    path("<uuid:contract_id>/contract.pdf", views.document, {"which": "sealed"}, name="sealed"),
]
