"""Taking in the wish to be forgotten. Carrying it out: ``consent.erasure.tasks``."""

from datetime import date, datetime
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import text_or
from chatbo.foundation.isolation import current_tenant_id, directory
from chatbo.foundation.turns import wait_for_turn
from consent.erasure.errors import NobodySelectedError, RestrictedError
from consent.erasure.models import Erasure
from consent.erasure.policy import policy_for
from consent.erasure.request_models import ErasureRequest
from consent.erasure.selecting import Selection, is_same, selected
from tenants.bots.models import Subscriber

Day = TypeVar("Day", bound=date)
"""A day, or a moment."""


@transaction.atomic
def request_erasure(
    subscriber: Subscriber,
    *,
    origin: Erasure.Origin,
    request: ErasureRequest | None = None,
    due_at: datetime | None = None,
) -> Erasure:
    """Record that a subscriber wants to be forgotten, and start once that is certain.

    Asking twice is asking once: the erasure under way is returned, its clock unchanged.
    The person's address moves into the job, which needs it for the last message. ``request``: the
    platform's, that this is a part of; its policy and its date count. ``due_at``: where the wish
    came before it was entered. Raises ``RestrictedError`` where the business asks, and the person
    has not agreed to more than storing (Art. 18(2) GDPR).
    """
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)

    erasure, is_new = Erasure.objects.unfinished().get_or_create(
        tenant_id=subscriber.tenant_id,
        subject_id=subscriber.pk,  # no foreign key: the job outlives the subject
        defaults={
            "origin": origin,
            "request_id": request.pk if request else None,
            "policy": request.policy if request else policy_for(Subscriber._meta.label),
            "channel_id": subscriber.channel_id,
            "subject_index": subscriber.external_index,
            # Who cannot be told any more has a right to be forgotten all the same.
            "address": text_or(subscriber, "external_id", ""),
            "language": subscriber.language,
            "due_at": request.due_at if request else due_at or one_month_after(timezone.now()),
        },
    )
    if is_new:
        if origin == Erasure.Origin.TENANT and subscriber.restricted_at is not None:
            raise RestrictedError
        _begin(erasure)
    return erasure


@transaction.atomic
def request_erasure_of_many(
    selection: Selection, *, origin: Erasure.Origin, language: str
) -> Erasure:
    """Record that many people are to be forgotten, and start once that is certain.

    They are not told one by one: they have not asked. Whoever has, has a job of their own. The
    same wish twice is one, while it is being carried out. ``selection``: see ``selecting``. Raises
    ``NobodySelectedError``.
    """
    wait_for_turn("erasure of many", current_tenant_id())
    for under_way in Erasure.objects.unfinished().filter(subject_id=None):
        if is_same(under_way.selection, selection):
            return under_way
    total = selected(selection).count()
    if not total:
        raise NobodySelectedError
    erasure = Erasure.objects.create(
        selection=selection,
        origin=origin,
        policy=policy_for(Subscriber._meta.label),
        total=total,
        language=language,
        due_at=one_month_after(timezone.now()),
    )
    _begin(erasure)
    return erasure


@transaction.atomic
def hurry_erasure(erasure: Erasure) -> None:
    """Have an erasure that waits for its next try be tried now. One that is done stays so."""
    Erasure.objects.unfinished().filter(pk=erasure.pk).update(
        not_before=timezone.now(), failed_at=None
    )
    record("erasure.hurried", target=erasure)
    _wake(erasure)


def _begin(erasure: Erasure) -> None:
    directory.register("erasure", erasure.code, erasure.pk)
    record("erasure.requested", target=erasure, details={"origin": erasure.origin})
    _wake(erasure)


def _wake(erasure: Erasure) -> None:
    from consent.erasure.tasks import wake

    # Robust: the row is the promise. With Redis away, the sweep finds it.
    transaction.on_commit(lambda: wake(erasure), robust=True)


def one_month_after(moment: Day) -> Day:
    """The same day of the next month, or its last one (Art. 12(3) GDPR; Reg. 1182/71, Art. 3)."""
    return months_after(moment, 1)


def months_after(moment: Day, months: int) -> Day:
    """The same day so many months later, or the last one of that month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month + 1)
