"""Addresses for whoever was invited."""

from django.urls import path

from tenants.accounts import invitation_views

urlpatterns = [path("invite/<str:token>/", invitation_views.invitation, name="invitation")]
