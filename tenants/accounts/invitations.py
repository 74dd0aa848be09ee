"""Inviting somebody into a business by mail, and coming in through the link.

The link's token exists in the mail alone: here lies its keyed digest. It works once, for a week,
and only for whoever owns the address that it was sent to.
"""

import dataclasses
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import blind_index
from chatbo.foundation.isolation import directory, tenant_scope
from chatbo.foundation.limits import count
from chatbo.foundation.mail.outbox import queue_mail
from tenants.accounts.errors import (
    AddressTakenError,
    AlreadyMemberError,
    AnotherAddressError,
    InvitationError,
    LockedError,
    TooManyInvitationsError,
)
from tenants.accounts.models import Invitation, Membership, Tenant, User

VALID_FOR = timedelta(days=7)
AN_HOUR = 3600
MOST_AN_HOUR = 30
DIRECTORY = "invitation"
ADDRESSES = "invitation-address"


@transaction.atomic
def invite_member(
    tenant: Tenant, *, address: str, role: str, invited_by: User, may_sign: bool = False
) -> Invitation:
    """Offer a place to whoever owns the address. An open invitation to it gives way to this one.

    Within the tenant's scope. Raises ``AlreadyMemberError`` and ``TooManyInvitationsError``.
    """
    address = address.strip().lower()
    Tenant.objects.select_for_update().get(pk=tenant.pk)
    # By the address that the list of members shows: that somebody has a further one is their own.
    if Membership.objects.filter(user__email=address).exists():
        raise AlreadyMemberError
    _count(tenant)
    for open_one in Invitation.objects.to(address).open():
        withdraw_invitation(open_one)
    invitation = Invitation.objects.create(
        email=address,
        email_index=blind_index(address, purpose=ADDRESSES),
        role=role,
        may_sign=may_sign,
        invited_by=invited_by,
        expires_at=timezone.now() + VALID_FOR,
    )
    record("member.invited", target=invitation, details={"role": role, "may_sign": may_sign})
    _send(invitation, tenant)
    return invitation


@transaction.atomic
def resend_invitation(invitation: Invitation) -> Invitation:
    """Send the mail again, with a new link and a new week; the old link is dead.

    Within the tenant's scope. Raises ``InvitationError`` when it was used or withdrawn.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.withdrawn_at:
        raise InvitationError
    tenant = Tenant.objects.get(pk=invitation.tenant_id)
    _count(tenant)
    directory.forget_target(DIRECTORY, invitation.pk)
    invitation.sent_at = timezone.now()
    invitation.expires_at = invitation.sent_at + VALID_FOR
    invitation.save(update_fields=["sent_at", "expires_at"])
    record("invitation.resent", target=invitation)
    _send(invitation, tenant)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation) -> None:
    """Take it back: the link is dead at once. Twice is once; a used one stays used."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.withdrawn_at:
        return
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    directory.forget_target(DIRECTORY, invitation.pk)
    record("invitation.withdrawn", target=invitation)


@dataclasses.dataclass(frozen=True)
class Offer:
    """What an invitation's link leads to."""

    invitation: Invitation
    tenant: Tenant


@contextmanager
def open_offer(token: str) -> Iterator[Offer]:
    """The offer behind a link, in its tenant's scope.

    Raises ``InvitationError`` for every link that leads nowhere (any more), all alike.
    """
    entry = directory.find(DIRECTORY, token)
    if entry is None or entry.target_id is None:
        raise InvitationError
    with tenant_scope(entry.tenant_id):
        invitation = Invitation.objects.open().filter(pk=entry.target_id).first()
        if invitation is None:
            raise InvitationError
        yield Offer(invitation, Tenant.objects.get(pk=entry.tenant_id))


@transaction.atomic
def accept_invitation(invitation: Invitation, *, user: User) -> Membership:
    """Make the user a member, in the tenant's scope. The link is used up.

    Raises ``AnotherAddressError`` unless the invitation's address is one that the user has
    confirmed, ``LockedError`` while the tenant is closed, ``AlreadyMemberError``, and
    ``InvitationError`` for the second of two presses.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.is_open:
        raise InvitationError
    if not owns_address(user, invitation.email):
        raise AnotherAddressError
    if Tenant.objects.closed().filter(pk=invitation.tenant_id).exists():
        raise LockedError
    membership, is_new = Membership.objects.get_or_create(
        user=user, defaults={"role": invitation.role, "may_sign": invitation.may_sign}
    )
    if not is_new:  # Perhaps by another invitation, at this very moment.
        raise AlreadyMemberError
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    directory.forget_target(DIRECTORY, invitation.pk)
    record(
        "invitation.accepted",
        target=invitation,
        actor_id=user.pk,
        details={"role": membership.role, "membership": membership.pk},
    )
    return membership


@transaction.atomic
def join_with_new_account(
    invitation: Invitation, *, name: str, password: str, language: str
) -> User:
    """Make an account for the invitation's address, which the link itself has confirmed, and join.

    Raises ``AddressTakenError`` where there is one, and what ``accept_invitation`` raises.
    """
    address = invitation.email
    if accounts_with(address).exists():
        raise AddressTakenError
    try:
        with transaction.atomic():
            user = User.objects.create_user(address, password, name=name, language=language)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError as error:  # Two presses at the same moment.
        raise AddressTakenError from error
    record("account.opened", target=user, actor_id=user.pk)
    accept_invitation(invitation, user=user)
    return user


def accounts_with(address: str) -> QuerySet[User]:
    """Who logs in with it, or has confirmed it as a further address."""
    confirmed = EmailAddress.objects.filter(email__iexact=address, verified=True)
    return User.objects.filter(Q(email=address) | Q(pk__in=confirmed.values("user_id")))


def owns_address(user: User, address: str) -> bool:
    mine = EmailAddress.objects.filter(user=user, email__iexact=address, verified=True)
    return bool(mine.exists())


def _count(tenant: Tenant) -> None:
    if count("invite-tenant", str(tenant.pk), seconds=AN_HOUR) > MOST_AN_HOUR:
        raise TooManyInvitationsError


def _send(invitation: Invitation, tenant: Tenant) -> None:
    token = secrets.token_urlsafe(24)
    directory.register(DIRECTORY, token, invitation.pk)
    inviter = invitation.invited_by
    queue_mail(
        to=invitation.email,
        template="tenants/accounts/mail/invitation",
        context={
            "company": tenant.company,
            "inviter": inviter.name if inviter else "",
            # Read when the mail is written, in its own language.
            "role": Membership.Role(invitation.role).label,
            "may_sign": invitation.may_sign,
            "link": settings.BASE_URL + reverse("invitation", args=[token]),
            "until": invitation.expires_at,
        },
        language=inviter.language if inviter else settings.LANGUAGE_CODE,
    )
