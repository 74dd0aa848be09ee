"""Public addresses: the passage for a business's server, and the hosted pages."""

from django.urls import path

from dpa.passage import public_views

app_name = "public_pages"
urlpatterns = [
    path("passage/<slug:code>.json", public_views.passage_json, name="passage"),
    path("pages/<slug:tenant_slug>/logo.png", public_views.logo, name="logo"),
    path("pages/<slug:tenant_slug>/imprint/", public_views.imprint, name="imprint"),
    path("pages/<slug:tenant_slug>/privacy/", public_views.privacy, name="privacy"),
]
