"""The mails that allauth asks for, in our words (``templates/account/email/``)."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenants.accounts.templatetags.devices import network_name

LETTERS = {
    "account/email/password_reset_key": "password_reset",
    "account/email/unknown_account": "unknown_account",
    "account/email/account_already_exists": "address_taken",
    "account/email/email_confirmation": "address_code",
    "account/email/email_confirmation_signup": "address_code",
}

NOTICES = {
    "account/email/password_changed": _("Your password was changed."),
    "account/email/password_set": _("A password was set."),
    "account/email/password_reset": _("Your password was replaced by a new one."),
    "account/email/email_changed": _("Another e-mail address became the account's main one."),
    "account/email/email_deleted": _("An e-mail address was removed."),
    "account/email/email_confirm": _("An e-mail address was confirmed."),
    "mfa/email/totp_activated": _("An authenticator app was set up."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed."),
    "mfa/email/webauthn_added": _("A passkey was added."),
    "mfa/email/webauthn_removed": _("A passkey was removed."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made; the old ones ended."),
    "socialaccount/email/account_connected": _("A Facebook profile was connected."),
    "socialaccount/email/account_disconnected": _("A Facebook profile was disconnected."),
}
"""What changed about an account: its owner reads of each."""


def letter(prefix: str, email: str, context: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Template and context of the mail that allauth calls ``prefix``.

    Of allauth's context only what the words need. Addresses lead to ours, never to the request's
    Host, which anybody may choose.
    """
    base: dict[str, Any] = {"email": email}
    for name, page in {
        "signup_url": "account_signup",
        "reset_url": "account_reset_password",
        "devices_url": "usersessions_list",
    }.items():
        base[name] = settings.BASE_URL + reverse(page)
    if prefix in NOTICES:
        base |= {
            "sentence": NOTICES[prefix],
            "at": context["timestamp"],
            "user_agent": context["user_agent"],
            "network": network_name(context["ip"]),
        }
        return "account/email/notice", base
    base |= {name: context[name] for name in ("password_reset_url", "code") if name in context}
    return f"account/email/{LETTERS[prefix]}", base
