"""Second factors: authenticator apps, passkeys and recovery codes (``MFA_ADAPTER``)."""

import ipaddress
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy

from chatbo.foundation.encryption import decrypt, encrypt
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from tenants.accounts.models import User

declare_store(Medium.SESSION, __name__, NoPersonalData("The page that somebody wanted to see."))

_WANTED = "page_behind_second_factor"


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code is not right, or it was used already."),
        "unverified_email": gettext_lazy("Please confirm your e-mail address first."),
        "add_email_blocked": gettext_lazy(
            "Please confirm the address that you added last before you add another."
        ),
    }

    def encrypt(self, text: str) -> str:
        """The app's secret and the seed of the recovery codes."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 (theirs)
        others = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)s") % {"number": others + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """From our own address, never from the request's Host, which anybody may choose."""
        return {"id": passkey_domain(), "name": "ChatBo"}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """The handle is the random id: it is given to whoever holds the device."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": cast(User, user).name}


def passkey_domain() -> str:
    """The domain that passkeys are bound to (WebAuthn's relying party).

    Browsers bind none to a number: at 127.0.0.1, which is the demo's, it is ``localhost``.
    """
    host = urlsplit(settings.BASE_URL).hostname or ""
    return "localhost" if _is_number(host) else host


def passkey_origins() -> set[str]:
    """From which pages a passkey may have been asked for: ours, and none beside it.

    Of the library's own test a page on a subdomain, or at another port, would pass.
    """
    parts = urlsplit(settings.BASE_URL)
    origins = {f"{parts.scheme}://{parts.netloc}"}
    if settings.DEMO and _is_number(parts.hostname or ""):
        origins.add(f"{parts.scheme}://localhost:{parts.port or 80}")
    return origins


def lead_to_set_up(request: HttpRequest) -> HttpResponse:
    """To the set-up of a second factor, which says who demands it and leads back afterwards."""
    if request.method == "GET":
        come_back_here(request)
    return redirect("mfa_index")


def come_back_here(request: HttpRequest) -> None:
    """The set-up of a second factor will lead to the page that is asked for now."""
    request.session[_WANTED] = request.get_full_path()


def wanted_page_of(request: HttpRequest) -> str:
    """Where somebody wanted to when they were led to the set-up; nothing if they came by
    themselves, or have no factor yet."""
    wanted: str = request.session.get(_WANTED, "")
    return wanted if wanted and is_mfa_enabled(cast(User, request.user)) else ""


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
