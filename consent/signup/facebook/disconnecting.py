"""Taking Facebook away again: whoever withdraws the consent is no longer connected with it."""

import uuid

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import tenant_scope, user_scope
from chatbo.foundation.mail.outbox import queue_mail
from consent.ledger.errors import NoOtherWayInError
from consent.ledger.models import ConsentRecord
from consent.ledger.standing import standing_now
from consent.ledger.withdrawing import withdraw
from tenants.accounts.models import Membership, User

PLACE = "/accounts/3rdparty/"
Purpose = ConsentRecord.Purpose


@transaction.atomic
def disconnect_facebook(person_id: uuid.UUID) -> None:
    """Delete the connection, with Facebook's id and any token; twice is once.

    Nobody is locked out: whoever had no other way in is mailed one, to set a password. Raises
    ``NoOtherWayInError`` where that mail could go to no confirmed address.
    """
    user = User.objects.select_for_update().filter(pk=person_id).first()
    if user is None:
        return
    connections = SocialAccount.objects.filter(user=user, provider="facebook")
    if not connections.exists():
        return
    address = confirmed_address(user)
    was_only_way = is_only_way_in(user)
    if was_only_way and not address:
        raise NoOtherWayInError
    connections.delete()  # Tokens go with it.
    record("social_account.removed", target=user, actor_id=user.pk)
    queue_mail(
        to=address or user.email,
        template="consent/signup/mail/facebook_ended",
        context={
            "set_url": _set_password_url(user) if was_only_way else "",
            "forgotten_url": settings.BASE_URL + reverse("account_reset_password"),
            "login_url": settings.BASE_URL + reverse("account_login"),
        },
        language=user.language,
    )


def withdraw_facebook(user: User, *, form: str = "", network: str = "", place: str = PLACE) -> None:
    """Disconnect, and record the withdrawal wherever the person's consent stands.

    ``place``: the address at which it was said, the person's own page or Meta's callback. A
    connection whose consent is not on record, or was withdrawn before, ends all the same. Raises
    ``NoOtherWayInError``.
    """
    with user_scope(user.pk):
        tenants = list(Membership.objects.filter(user=user).values_list("tenant_id", flat=True))
    with transaction.atomic():
        for tenant_id in tenants:
            with tenant_scope(tenant_id):
                for given in _standing(user):
                    withdraw(given, form=form, network=network, place=place)
        disconnect_facebook(user.pk)


def is_connected(user: User) -> bool:
    return bool(SocialAccount.objects.filter(user=user, provider="facebook").exists())


def is_only_way_in(user: User) -> bool:
    """Whether nothing but Facebook opens the account: no password, and no passkey."""
    passkeys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return not user.has_usable_password() and not passkeys.exists()


def confirmed_address(user: User) -> str:
    """Where a mail surely reaches the person; nothing, where nowhere."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    return confirmed.values_list("email", flat=True).first() or ""


def _standing(user: User) -> list[ConsentRecord]:
    return [
        record
        for record in standing_now(user.pk)
        if record.purpose == Purpose.THIRD_PARTY
        and record.decision == ConsentRecord.Decision.GRANTED
    ]


def _set_password_url(user: User) -> str:
    """allauth's link for a new password, to our address and never to a request's Host."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": default_token_generator.make_token(user),
        },
    )
    return f"{settings.BASE_URL}{path}"
