"""Addresses."""

from django.urls import path

from dpa.subprocessors import views

app_name = "subprocessors"
urlpatterns = [path("subprocessors/", views.public_list, name="list")]
