"""Addresses under /app/<tenant>/consents/."""

from django.urls import path

from consent.ledger import correcting_views, exports, prepared_views, views, week_views

app_name = "ledger"
urlpatterns = [
    path("", views.consent_list, name="list"),
    path("weeks/", week_views.consent_weeks, name="weeks"),
    path("export.csv", exports.consent_export, name="export"),
    path("export.jsonld", exports.consent_json_ld, name="export_json_ld"),
    path("export.pdf", exports.consent_pdf, name="export_pdf"),
    path("export.jsonl", exports.consent_everything, name="export_everything"),
    path("files/", prepared_views.ask, name="prepare"),
    path("files/<uuid:export_id>/", prepared_views.prepared, name="prepared"),
    path("files/<uuid:export_id>/file", prepared_views.prepared_file, name="prepared_file"),
    path("files/<uuid:export_id>/delete/", prepared_views.drop, name="drop_prepared"),
    path("files/<uuid:export_id>/retry/", prepared_views.retry, name="retry_prepared"),
    path("<uuid:record_id>/", views.consent_detail, name="detail"),
    path("<uuid:record_id>/correct/", correcting_views.correct, name="correct"),
    path("<uuid:record_id>/proof.json", exports.consent_proof, name="proof"),
]
