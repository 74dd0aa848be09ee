"""Addresses under /app/<tenant>/passage/."""

from django.urls import path

from dpa.passage import views

app_name = "passage"
urlpatterns = [
    path("", views.show_passage, name="show"),
    path("passage.<str:kind>", views.download, name="download"),
    path("address/", views.make_address, name="make_address"),
]
