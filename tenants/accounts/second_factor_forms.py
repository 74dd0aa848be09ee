"""allauth's forms for second factors, where they are not strict enough (``MFA_FORMS``)."""

import json
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters_now
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_decode

from tenants.accounts.second_factors import passkey_origins

NAME_LENGTH = 60
CODE_LENGTH = 40


class _Code(base.BaseAuthenticateForm):
    """A code of the app counts once, and none that is older than the last one (RFC 6238, 5.2).

    allauth notes used codes in the cache: with Redis away any would do twice, or none at all.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("Code")
        field.validators.append(MaxLengthValidator(CODE_LENGTH))

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split())
        app = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.TOTP).first()
        if app is not None and _use_app_code(app, code):
            app.user = self.user
            self.authenticator = app
            return code
        codes = Authenticator.objects.filter(
            user=self.user, type=Authenticator.Type.RECOVERY_CODES
        ).first()
        if codes is not None and codes.wrap().validate_code(code):
            codes.user = self.user
            self.authenticator = codes
            return code
        if tried := app or codes:
            self._emit_authentication_failed(tried)
        raise get_adapter().validation_error("incorrect_code")


class AuthenticateForm(_Code, base.AuthenticateForm):
    """At the log-in."""


class ReauthenticateForm(_Code, base.ReauthenticateForm):
    """To prove it again."""


@transaction.atomic
def _use_app_code(app: Authenticator, code: str) -> bool:
    app = Authenticator.objects.select_for_update().get(pk=app.pk)
    secret = decrypt(app.data["secret"])
    last = app.data.get("last_counter", -1)
    for counter in counters_now():
        expected = format_hotp_value(hotp_value(secret, counter))
        if counter > last and constant_time_compare(expected, code):
            app.data["last_counter"] = counter
            app.save(update_fields=["data"])
            return True
    return False


class _Credential(forms.Form):
    """What a passkey signed must have been asked for by a page of ours."""

    def clean_credential(self) -> Any:
        credential = self.cleaned_data["credential"]
        if _origin_of(credential) not in passkey_origins():
            raise get_adapter().validation_error("incorrect_code")
        parent = getattr(super(), "clean_credential", None)
        try:
            return parent() if parent else credential
        except (forms.ValidationError, AttributeError, KeyError, TypeError, ValueError):
            # Whatever is wrong with it, the sentence is the same: it tells of no account.
            raise get_adapter().validation_error("incorrect_code") from None


def _origin_of(credential: Any) -> str:
    try:
        client_data = json.loads(websafe_decode(credential["response"]["clientDataJSON"]))
        return str(client_data["origin"])
    except (KeyError, TypeError, ValueError):
        return ""


class AuthenticateWebAuthnForm(_Credential, webauthn.AuthenticateWebAuthnForm):
    pass


class ReauthenticateWebAuthnForm(_Credential, webauthn.ReauthenticateWebAuthnForm):
    pass


class LoginWebAuthnForm(_Credential, webauthn.LoginWebAuthnForm):
    pass


class AddWebAuthnForm(_Credential, webauthn.AddWebAuthnForm):
    """Every key is a passkey: it asks for a finger or a PIN itself, so it is two factors in one."""

    passwordless = None  # Django's way to leave a parent's field out.

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe_name(self.fields["name"])


class EditWebAuthnForm(webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe_name(self.fields["name"])


def _describe_name(field: forms.Field) -> None:
    field.label = _("Name")
    field.help_text = _("So that you know it again, for example: my phone.")
    field.validators.append(MaxLengthValidator(NAME_LENGTH))
    field.widget.attrs["maxlength"] = NAME_LENGTH
