"""What allauth asks us."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Log-in and passwords are allauth's; registration is ``consent.signup``'s alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
