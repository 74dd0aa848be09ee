"""What happened to an account's locks: noted, and other log-ins ended. On allauth's signals.

Whoever changes their password or a second factor may do so because somebody else is inside: every
other session of theirs ends at that moment.
"""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters_now
from allauth.socialaccount import signals as social
from django.db.models import Model
from django.dispatch import receiver
from django.http import HttpRequest

from chatbo.foundation.audit.entries import record
from tenants.accounts.models import User
from tenants.accounts.sessions import end_other_sessions


@receiver(account.password_changed)
@receiver(account.password_set)
def note_password(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _note("password.changed", user)
    end_other_sessions(request, user)


@receiver(account.password_reset)
def note_reset(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever resets is not logged in; the new password ends every session by itself."""
    _note("password.reset", user)
    end_other_sessions(request, user)


@receiver(account.email_added)
def note_address_added(user: User, **kwargs: Any) -> None:
    _note("email.added", user)


@receiver(account.email_removed)
def note_address_removed(user: User, **kwargs: Any) -> None:
    _note("email.removed", user)


@receiver(account.email_changed)
def note_address_changed(user: User, **kwargs: Any) -> None:
    _note("email.changed", user)


@receiver(social.social_account_removed)
def note_profile_removed(request: HttpRequest, **kwargs: Any) -> None:
    if isinstance(request.user, User):
        _note("social_account.removed", request.user)


@receiver(mfa.authenticator_added)
def note_factor_added(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        # The code that proved the app does not log anybody in as well (RFC 6238, 5.2).
        authenticator.data["last_counter"] = sorted(counters_now())[-1] - 1
        authenticator.save(update_fields=["data"])
    _note("mfa.added", user, type=str(authenticator.type))
    end_other_sessions(request, user)


@receiver(mfa.authenticator_removed)
def note_factor_removed(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    _note("mfa.removed", user, type=str(authenticator.type))
    end_other_sessions(request, user)


@receiver(mfa.authenticator_reset)
def note_codes_renewed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _note("mfa.renewed", user, type=str(authenticator.type))


@receiver(mfa.authentication_failed)
def note_wrong_code(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    record("login.failed", target=user, details={"method": str(authenticator.type)})


def _note(action: str, user: User, **details: str) -> None:
    target: Model = user
    record(action, target=target, actor_id=user.pk, details=details)
