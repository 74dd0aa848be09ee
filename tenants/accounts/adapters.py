"""What allauth asks us."""

from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.entries import record
from chatbo.foundation.mail.outbox import queue_mail
from chatbo.foundation.network import client_address, shortened
from tenants.accounts.account_mails import letter
from tenants.accounts.languages import speak
from tenants.accounts.models import User
from tenants.accounts.reauthentication import MAILED_CODE, forget_what_was_sent, is_recent

WAYS = {
    "reauthenticate": _("With your password"),
    "mfa_reauthenticate": _("With a code"),
    "mfa_reauthenticate:webauthn": _("With a passkey"),
    MAILED_CODE: _("With a code by e-mail"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Log-in and passwords are allauth's; registration is ``consent.signup``'s alone."""

    error_messages = DefaultAccountAdapter.error_messages | {
        # One sentence for every reason, so that it tells of none.
        "email_password_mismatch": _("E-mail address and password do not fit together."),
        "incorrect_code": _("This code is not right, or it was used already."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """For the list of devices and the mails about changes: shortened, past our own proxies.

        No limit counts by it: those are ``foundation.limits``'.
        """
        return shortened(client_address(request)) or "0.0.0.0"  # noqa: S104 (no socket: unknown)

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _ours(super().get_reset_password_from_key_url(key))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Through the outbox, in the language of whose address it is; a stranger's in the page's.

        An unknown address takes the same way in the same time as a known one, so that the page
        tells nobody who is a customer.
        """
        owner = EmailAddress.objects.filter(email__iexact=email).select_related("user").first()
        template, words = letter(template_prefix, email, context)
        queue_mail(
            to=email,
            template=template,
            context=words,
            language=owner.user.language if owner else translation.get_language() or "de",
        )

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """From here on in the language that the user chose, and the first message already."""
        user = cast(User, user)
        methods = [entry["method"] for entry in get_authentication_records(request, user)]
        record("login.succeeded", target=user, actor_id=user.pk, details={"methods": methods})
        with translation.override(user.language):
            response: HttpResponse = super().post_login(request, user, **kwargs)
        speak(response, user.language)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """An unknown address leaves the same entry, without an account."""
        address = str(credentials.get("email", "")).lower()
        user = User.objects.filter(email=address).first()
        record("login.failed", target=user, details={"method": "password"})

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Raises instead of answering yes: allauth would then let everybody pass who has neither
        a password nor a second factor (``did_recently_reauthenticate``)."""
        if not is_recent(self.request):
            raise ReauthenticationRequired
        forget_what_was_sent(self.request)
        return False

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        ways = super().get_reauthentication_methods(user)
        if user.is_authenticated and not ways:
            ways = [{"id": MAILED_CODE, "url": reverse("account_reauthenticate_code")}]
        return [way | {"description": WAYS[way["id"]]} for way in ways]


def _ours(url: str) -> str:
    """An address for a mail never comes from the request, whose Host anybody may choose."""
    return f"{settings.BASE_URL}{urlsplit(url).path}"
