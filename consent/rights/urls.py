"""Addresses under /app/<tenant>/erasures/people/."""

from django.urls import path

from consent.rights import erasing, people

app_name = "rights"
urlpatterns = [
    path("", people.people, name="people"),
    path("erase/", erasing.erase, name="erase"),
    path("<uuid:subscriber_id>/", people.person, name="person"),
]
