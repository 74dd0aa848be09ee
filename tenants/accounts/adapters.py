"""What allauth asks us."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
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

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """From here on in the language that the user chose."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        speak(response, cast(User, user).language)
        return response
