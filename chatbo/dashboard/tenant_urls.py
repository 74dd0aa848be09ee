"""The home under /app/<slug>/."""

from django.urls import path

from chatbo.dashboard import home

app_name = "dashboard"
urlpatterns = [path("", home.home, name="home")]
