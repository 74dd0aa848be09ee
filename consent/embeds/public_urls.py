"""Addresses under /e/: for visitors of the businesses' websites."""

from django.urls import path

from consent.embeds import public_views

app_name = "tool"
urlpatterns = [
    path("<uuid:tool_id>.js", public_views.loader, name="loader"),
    path("<uuid:tool_id>/<int:number>.js", public_views.loader_version, name="loader_version"),
    path("<uuid:tool_id>/", public_views.tool_page, name="page"),
    path("<uuid:tool_id>/consent/", public_views.give_consent, name="consent"),
]
