"""Addresses under /accounts/, beside allauth's: what somebody sets for themselves."""

from allauth.account.views import password_set
from allauth.usersessions.views import list_usersessions
from django.urls import path

from tenants.accounts import reauthentication_views, session_views, views
from tenants.accounts.reauthentication import freshly, freshly_pressed

urlpatterns = [
    path("profile/", views.profile, name="account_profile"),
    path(
        "reauthenticate/code/",
        reauthentication_views.ReauthenticateByCodeView.as_view(),
        name="account_reauthenticate_code",
    ),
    path("reauthenticate/code/send/", reauthentication_views.send_code, name="account_send_code"),
    path("continue/", reauthentication_views.continue_with, name="account_continue"),
    # Whoever took a session over must not shut its owner out with it (ASVS 5.0.0, 7.5.2).
    path("sessions/", freshly_pressed(list_usersessions), name="usersessions_list"),
    path(
        "sessions/<int:pk>/end/",
        freshly_pressed(session_views.end_session),
        name="usersessions_end",
    ),
    # In front of allauth's.
    path(
        "2fa/webauthn/reauthenticate/",
        reauthentication_views.ReauthenticateByPasskeyView.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    # In front of allauth's, which lets anybody who is logged in set a first password.
    path("password/set/", freshly(password_set), name="account_set_password"),
]
