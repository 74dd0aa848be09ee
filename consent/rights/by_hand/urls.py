"""Addresses under /app/<tenant>/requests/."""

from django.urls import path

from consent.rights.by_hand import deeds_views, letter_views, views

app_name = "requests"
urlpatterns = [
    path("", views.request_list, name="list"),
    path("new/", views.new_request, name="new"),
    path("new/<uuid:subscriber_id>/", views.new_request, name="new_of_person"),
    path("<uuid:wish_id>/", views.show_request, name="show"),
    path("<uuid:wish_id>/progress/", views.show_progress, name="progress"),
    path("<uuid:wish_id>/person/<uuid:subscriber_id>/", views.name, name="name_person"),
    path("<uuid:wish_id>/not-theirs/", deeds_views.unname, name="unname_person"),
    path("<uuid:wish_id>/identity/", deeds_views.check, name="check"),
    path("<uuid:wish_id>/longer/", deeds_views.extend, name="extend"),
    path("<uuid:wish_id>/longer/told/", deeds_views.told_longer, name="told_longer"),
    path("<uuid:wish_id>/erase/", deeds_views.erase, name="erase"),
    path("<uuid:wish_id>/copy/", deeds_views.make_copy, name="copy"),
    path("<uuid:wish_id>/answer/", deeds_views.answer, name="answer"),
    path("<uuid:wish_id>/refuse/", deeds_views.refuse, name="refuse"),
    path("<uuid:wish_id>/withdraw/", deeds_views.withdraw, name="withdraw"),
    path("<uuid:wish_id>/letter/", letter_views.show_letter, name="letter"),
    path("<uuid:wish_id>/letter.pdf", letter_views.take_letter, name="letter_pdf"),
]
