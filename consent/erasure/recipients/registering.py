"""Naming the systems that are told of erasures: add, renew the secret, pause, remove."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import text_or
from chatbo.foundation.isolation.scopes import current_tenant_id
from chatbo.foundation.outbound import check_address
from consent.erasure.recipients.errors import KnownRecipientError, TooManyRecipientsError
from consent.erasure.recipients.models import ErasureNotice, Recipient
from consent.erasure.recipients.signing import new_secret
from tenants.accounts.models import Tenant

MOST = 5
"""Recipients a business: each gets a notice of each erasure."""
BOTH_SECRETS = timedelta(hours=24)
"""How long the old secret signs beside a new one, so that a system can change over."""


@transaction.atomic
def add_recipient(*, name: str, country: str, url: str) -> Recipient:
    """Have a system told of erasures from now on. Its secret is in the row.

    Raises ``FetchError`` (form) for an address that we would not open, ``KnownRecipientError``
    and ``TooManyRecipientsError``.
    """
    url = check_address(url)
    Tenant.objects.select_for_update().get(pk=current_tenant_id())  # One after another.
    known = list(Recipient.objects.all())
    if any(text_or(each, "url", "") == url for each in known):
        raise KnownRecipientError
    if len(known) >= MOST:
        raise TooManyRecipientsError
    recipient = Recipient.objects.create(name=name, country=country, url=url, secret=new_secret())
    record("recipient.added", target=recipient)
    return recipient


@transaction.atomic
def renew_secret(recipient: Recipient) -> Recipient:
    """Make a new secret. For a day the one before signs as well, and none before that."""
    recipient = Recipient.objects.select_for_update().get(pk=recipient.pk)
    recipient.previous_secret = text_or(recipient, "secret", "")
    recipient.previous_until = timezone.now() + BOTH_SECRETS
    recipient.secret = new_secret()
    recipient.save(update_fields=["secret", "previous_secret", "previous_until"])
    record("recipient.secret_renewed", target=recipient)
    return recipient


@transaction.atomic
def pause_recipient(recipient: Recipient) -> None:
    """Hold its notices back. Those that wait too long meanwhile are given up like any other."""
    if _move(recipient, Recipient.State.PAUSED):
        record("recipient.paused", target=recipient)
        _open_notices(recipient).update(not_before=F("created_at") + ErasureNotice.WINDOW)


@transaction.atomic
def resume_recipient(recipient: Recipient) -> None:
    """Use it again. What waits for it goes out with the next sweep."""
    if _move(recipient, Recipient.State.ACTIVE):
        record("recipient.resumed", target=recipient)
        _open_notices(recipient).update(not_before=timezone.now())


@transaction.atomic
def switch_off_recipient(recipient: Recipient) -> bool:
    """It has said that there is nothing any more: its notices are given up, and no new ones made.

    Says whether it was in use until now.
    """
    if not _move(recipient, Recipient.State.GONE):
        return False
    record("recipient.switched_off", target=recipient)
    _give_up(recipient, "gone")
    return True


@transaction.atomic
def remove_recipient(recipient: Recipient) -> None:
    """Take a system off the list. What still waited for it is given up, and stays on record."""
    record("recipient.removed", target=recipient)
    _give_up(recipient, "removed")
    Recipient.objects.filter(pk=recipient.pk).delete()


def _move(recipient: Recipient, state: Recipient.State) -> bool:
    """Whether it was in another state until now."""
    others = Recipient.objects.filter(pk=recipient.pk).exclude(state=state)
    return bool(others.update(state=state))


def _open_notices(recipient: Recipient) -> models.QuerySet[ErasureNotice]:
    return ErasureNotice.objects.unfinished().filter(recipient=recipient)


def _give_up(recipient: Recipient, why: str) -> None:
    _open_notices(recipient).update(
        state=ErasureNotice.State.GIVEN_UP,
        last_error=why,
        body="",
        subject_id=None,
        finished_at=timezone.now(),
        lease_until=None,
    )
