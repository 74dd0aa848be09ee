"""Addresses under /erasure/: for whoever holds a code."""

from django.urls import path

from consent.erasure import views

app_name = "erasure_status"
urlpatterns = [
    path("", views.erasure_ask, name="ask"),
    path("<slug:code>/", views.erasure_status, name="status"),
]
