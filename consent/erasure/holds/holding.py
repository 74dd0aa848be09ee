"""Setting a hold, extending it with a reason, and releasing what it holds.

Each puts a word of it outside the database first, so that no restored backup unsays it.
"""

import datetime
import uuid

from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import text_or
from consent.erasure.holds.errors import (
    BadDateError,
    BadPeriodError,
    NobodyToHoldError,
    NoReasonError,
    NotLaterError,
    TooLongError,
)
from consent.erasure.holds.models import LONGEST_REASON, Hold, latest_date
from consent.erasure.holds.putting_back import say_hold, say_released
from tenants.bots.models import Subscriber


@transaction.atomic
def set_hold(
    subscriber_id: uuid.UUID,
    *,
    ground: Hold.Ground,
    reason: str,
    ends_on: datetime.date,
    set_by_id: uuid.UUID,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
) -> Hold:
    """Hold a person's messages of these days, both included, for a claim, up to a last day.

    Waits for an erasure that is at the person just now. The same hold twice is one. Raises a
    ``HoldError``.
    """
    if since and until and since > until:
        raise BadPeriodError
    reason = _sentence(reason)
    _check(ends_on)
    person = Subscriber.objects.select_for_update().filter(pk=subscriber_id).first()
    if person is None:
        raise NobodyToHoldError
    wish = {"since": since, "until": until, "ground": ground, "ends_on": ends_on}
    for each in Hold.objects.filter(subscriber_id=subscriber_id, **wish):
        if text_or(each, "reason", "") == reason:
            return each
    hold = Hold.objects.create(
        subscriber_id=subscriber_id, reason=reason, set_by_id=set_by_id, **wish
    )
    say_hold(hold, person)
    record("hold.set", target=hold, details={"ground": ground, "ends_on": ends_on.isoformat()})
    return hold


@transaction.atomic
def extend_hold(hold: Hold, *, ends_on: datetime.date, reason: str) -> Hold:
    """Hold it longer. The reason is added to what the claim is about. Raises a ``HoldError``."""
    reason = _sentence(reason)
    _check(ends_on)
    hold = Hold.objects.select_for_update().get(pk=hold.pk)
    if ends_on <= hold.ends_on:
        raise NotLaterError
    before = hold.ends_on
    hold.ends_on, hold.warned_at = ends_on, None
    hold.reason = f"{hold.reason}\n{timezone.localdate().isoformat()}: {reason}"
    hold.save(update_fields=["ends_on", "warned_at", "reason"])
    person = hold.subscriber_id and Subscriber.objects.filter(pk=hold.subscriber_id).first()
    say_hold(hold, person or None)
    details = {
        "before": {"ends_on": before.isoformat()},
        "after": {"ends_on": ends_on.isoformat()},
    }
    record("hold.extended", target=hold, details=details)
    return hold


@transaction.atomic
def release_hold(hold: Hold) -> None:
    """The claim is over: what was held goes at once, with the hold. Twice is once."""
    found = Hold.objects.select_for_update().filter(pk=hold.pk).first()
    if found is not None:
        record("hold.released", target=found, details={"ends_on": found.ends_on.isoformat()})
        say_released(found)
        found.delete()


def _sentence(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise NoReasonError
    if len(reason) > LONGEST_REASON:
        raise TooLongError
    return reason


def _check(ends_on: datetime.date) -> None:
    today = timezone.localdate()
    if not today < ends_on <= latest_date(today):
        raise BadDateError
