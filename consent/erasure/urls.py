"""Addresses under /app/<tenant>/erasures/."""

from django.urls import path

from consent.erasure import views

app_name = "erasure"
urlpatterns = [
    path("", views.erasure_list, name="list"),
    path("<slug:code>/", views.erasure_detail, name="detail"),
    path("<slug:code>/retry/", views.erasure_retry, name="retry"),
]
