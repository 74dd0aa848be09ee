"""What allauth asks us."""

from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from chatbo.foundation.network import client_address
from tenants.accounts.languages import speak
from tenants.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Log-in and passwords are allauth's; registration is ``consent.signup``'s alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """For allauth's rate limits and the list of devices: past our own proxies."""
        return client_address(request) or str(super().get_client_ip(request))

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _ours(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return _ours(super().get_email_confirmation_url(request, emailconfirmation))

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """From here on in the language that the user chose."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        speak(response, cast(User, user).language)
        return response


def _ours(url: str) -> str:
    """An address for a mail never comes from the request, whose Host anybody may choose."""
    return f"{settings.BASE_URL}{urlsplit(url).path}"
