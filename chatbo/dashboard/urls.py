"""Addresses of the site itself, for everybody."""

from django.urls import path

from chatbo.dashboard import health, keys, landing, start, verification

app_name = "site"
urlpatterns = [
    path("", landing.landing, name="landing"),
    path("start/", start.start, name="start"),
    path("verify/", verification.verify, name="verify"),
    path("keys/", keys.keys, name="keys"),
    path("keys/ledger.txt", keys.ledger_keys, name="ledger_keys"),
    path("keys/growth/<int:before>/<int:size>.json", keys.growth, name="growth"),
    path("keys/<str:fingerprint>.pem", keys.root, name="root"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
