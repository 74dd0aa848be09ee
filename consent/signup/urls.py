"""Addresses. They stand before allauth's, whose own sign-up is thereby out of reach."""

from django.urls import path

from consent.signup import change_views, views

app_name = "signup"
urlpatterns = [
    path("accounts/signup/", views.sign_up, name="start"),
    path("accounts/signup/sent/", views.sent, name="sent"),
    path("accounts/confirm/<str:token>/", views.confirm, name="confirm"),
    path("accounts/changes/", change_views.changes, name="changes"),
    path("r/<slug:code>/", views.follow_referral, name="referral"),
]
