"""Addresses under /webhooks/: the platforms' way in."""

from django.urls import path

from chatbo.conversation import webhooks

app_name = "conversation"
urlpatterns = [
    path("meta/", webhooks.meta, name="meta"),
    path("meta/data-deletion/", webhooks.data_deletion, name="data_deletion"),
    path("meta/deauthorize/", webhooks.deauthorize, name="deauthorize"),
    path("telegram/<uuid:channel_id>/", webhooks.telegram, name="telegram"),
]
