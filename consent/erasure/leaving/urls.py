"""Addresses under /app/<tenant>/ending/."""

from django.urls import path

from consent.erasure.leaving import views

app_name = "leaving"
urlpatterns = [
    path("", views.show, name="show"),
    path("leave/", views.ask, name="ask"),
    path("cancel/", views.cancel, name="cancel"),
    path("everything/renew/", views.renew, name="renew"),
    path("everything/", views.everything, name="file"),
]
