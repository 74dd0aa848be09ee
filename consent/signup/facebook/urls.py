"""Addresses, included by allauth under /accounts/: the two of the way to Facebook and back.

allauth's third, which takes a token from Facebook's JavaScript, is left out: it would contact
Facebook without a consent.
"""

from django.urls import path

from consent.signup.facebook import views

urlpatterns = [
    path("facebook/login/", views.facebook_login, name="facebook_login"),
    path(
        "facebook/login/callback/",
        views.facebook_callback,
        name="facebook_callback",
    ),
    path("facebook/address/<str:token>/", views.facebook_address, name="facebook_address"),
]
