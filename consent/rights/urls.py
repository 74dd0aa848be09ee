"""Addresses under /app/<tenant>/erasures/people/."""

from django.urls import path

from consent.rights import copies, erasing, people, rectification_pages, restriction_pages

app_name = "rights"
urlpatterns = [
    path("", people.people, name="people"),
    path("erase/", erasing.erase, name="erase"),
    path("<uuid:subscriber_id>/", people.person, name="person"),
    path("<uuid:subscriber_id>/copies/", copies.copies, name="copies"),
    path("<uuid:subscriber_id>/copies/copy.zip", copies.copy_file, name="copy_file"),
    path("<uuid:subscriber_id>/restrict/", restriction_pages.restrict_person, name="restrict"),
    path("restrictions/<uuid:restriction_id>/lift/", restriction_pages.lift_one, name="lift"),
    path(
        "restrictions/<uuid:restriction_id>/told/",
        restriction_pages.lift_one_told_otherwise,
        name="lift_told",
    ),
    path("<uuid:subscriber_id>/rectify/", rectification_pages.rectify, name="rectify"),
]
