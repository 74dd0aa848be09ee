"""Addresses under /platform/. Contracts are reviewed in ``dpa.contracts.platform_urls``."""

from django.urls import path

from chatbo.dashboard import platform_home, platform_lists, text_review

app_name = "platform"
urlpatterns = [
    path("", platform_home.home, name="home"),
    path("tenants/", platform_lists.tenants, name="tenants"),
    path("erasures/", platform_lists.erasures, name="erasures"),
    path("texts/", text_review.queue, name="texts"),
    path("texts/<uuid:version_id>/", text_review.review, name="text"),
]
