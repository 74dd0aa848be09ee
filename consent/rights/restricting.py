"""Restricting the use of a person's data, and lifting it once they were told (Art. 18 GDPR).

Both put a word of it outside the database first, so that no restored backup unsays it.
"""

import datetime
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.jobs.sweep import wake
from consent.rights.by_hand.models import RightsRequest
from consent.rights.by_hand.outcomes import hold_requests_of, note_done
from consent.rights.calling_off import call_off_everything, call_off_what_tells
from consent.rights.errors import BadDayError, NoteMissingError, NoteTooLongError
from consent.rights.locking import locked
from consent.rights.models import LONGEST_NOTE, Restriction
from consent.rights.putting_back import say_restriction
from tenants.accounts.models import User
from tenants.bots.models import Message, Platform, Subscriber

State, Way = Restriction.State, RightsRequest.Way


@transaction.atomic
def restrict(
    subscriber: Subscriber, *, ground: Restriction.Ground, note: str = "", by: User
) -> Restriction:
    """Have a person's data stored and not used, from now on; ``note`` is theirs to read.

    Twice is once: the one in force is returned as it is. One that is just being lifted stays in
    force, on the new ground; but where the person was told that it ends, it ends, and another one
    begins. Raises ``NoteTooLongError``, ``NobodyError``.
    """
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise NoteTooLongError
    hold_requests_of(subscriber.pk)
    subscriber = locked(subscriber.pk)
    found = Restriction.objects.unfinished().filter(subscriber=subscriber)
    there = found.select_for_update().first()
    if there is not None and there.state == State.IN_FORCE:
        return there
    if there is not None and (told_at := when_told(there, subscriber)):
        # Held on to, it would say of itself that nobody was told anything.
        end_restriction(there, subscriber, told_at=told_at)
        there = None
    restriction = there or Restriction(subscriber=subscriber)
    # Of one that is being lifted, what says that it ends; else all that the chat was about to say.
    if there is None:
        call_off_everything(subscriber)
    else:
        call_off_what_tells(there)
    restriction.state = State.IN_FORCE
    restriction.ground, restriction.note, restriction.set_by_id = ground, note, by.pk
    restriction.lift_asked_at = restriction.lift_asked_by_id = restriction.told_at = None
    restriction.lease_until = None
    restriction.save()
    if there is None:
        subscriber.restricted_at = timezone.now()
        subscriber.save(update_fields=["restricted_at"])
    note_done(subscriber.pk, RightsRequest.Kind.RESTRICTION, RightsRequest.Kind.OBJECTION)
    say_restriction(restriction, subscriber)
    details = {"ground": ground.value}
    record("restriction.set", target=restriction, actor_id=by.pk, details=details)
    return restriction


@transaction.atomic
def lift(restriction: Restriction, *, by: User) -> None:
    """Have the person told in the chat that the restriction ends; when they are, it ends
    (Art. 18(3) GDPR). Where that failed, it is tried once more.

    Twice is once. Raises ``NobodyError``.
    """
    locked(restriction.subscriber_id)
    found = Restriction.objects.select_for_update().get(pk=restriction.pk)
    if found.state not in {State.IN_FORCE, State.UNTOLD}:
        return
    found.state = State.LIFTING
    found.lift_asked_at = found.not_before = timezone.now()
    found.lift_asked_by_id = by.pk
    found.message_id = found.told_at = None
    found.save()
    record("restriction.lifting", target=found, actor_id=by.pk)
    wake(found)


@transaction.atomic
def lift_told_otherwise(
    restriction: Restriction, *, way: RightsRequest.Way, on: datetime.date, note: str = "", by: User
) -> None:
    """End the restriction, as the business has told the person in another way than the chat.

    What still waits in the chat to tell them is not said any more. ``note`` is theirs to read.
    Twice is once. Raises ``NobodyError``, ``BadDayError``, ``NoteMissingError`` where it was in
    another way and nothing says which, ``NoteTooLongError``.
    """
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise NoteTooLongError
    if way == Way.OTHER and not note:
        raise NoteMissingError
    subscriber = locked(restriction.subscriber_id)
    found = Restriction.objects.select_for_update().get(pk=restriction.pk)
    if found.state == State.LIFTED:
        return
    if not timezone.localdate(found.created_at) <= on <= timezone.localdate():
        raise BadDayError
    call_off_what_tells(found)
    found.told_way, found.told_on, found.told_note = way, on, note
    found.lift_asked_at, found.lift_asked_by_id = timezone.now(), by.pk
    _end(found, subscriber, {"told_way": way.value}, actor_id=by.pk)


def when_told(restriction: Restriction, person: Subscriber) -> datetime.datetime | None:
    """When the platform took the message that tells the person that it ends; on the web chat, when
    their chat loaded it. ``None``: they do not know yet."""
    if person.channel.platform == Platform.WEB:
        return restriction.told_at
    if restriction.message_id is None:
        return None
    message = Message.objects.filter(pk=restriction.message_id).first()
    return message.sent_at if message else None


def end_restriction(
    restriction: Restriction, subscriber: Subscriber, *, told_at: datetime.datetime
) -> None:
    """The person was told in the chat; the caller holds both rows, in its transaction."""
    restriction.told_at = told_at
    _end(restriction, subscriber, {"told": True})


def leave_in_force(restriction: Restriction, *, why: str) -> None:
    """The person could not be told, so that the restriction stays until the business has told them
    in another way, or has it tried again. The caller holds the row, in its transaction."""
    call_off_what_tells(restriction)
    restriction.state = State.UNTOLD
    restriction.untold, restriction.untold_at = why[:60], timezone.now()
    restriction.lease_until, restriction.last_error = None, ""
    restriction.save()
    record("restriction.untold", target=restriction, details={"reason": restriction.untold})


def note_what_loaded(subscriber: Subscriber, loaded: Iterable[Message]) -> None:
    """On the web chat nothing is sent: whoever's chat has loaded the message counts as told."""
    being_lifted = Restriction.objects.filter(
        subscriber=subscriber,
        state=State.LIFTING,
        told_at=None,
        message_id__in=[message.pk for message in loaded],
    )
    now = timezone.now()
    if being_lifted.update(told_at=now, not_before=now):
        for each in Restriction.objects.unfinished().filter(subscriber=subscriber):
            wake(each)


def _end(
    restriction: Restriction,
    subscriber: Subscriber,
    details: dict[str, object],
    *,
    actor_id: uuid.UUID | None = None,
) -> None:
    """Who was silent because of it is not inactive for that: their time runs from here."""
    now = timezone.now()
    subscriber.restricted_at, subscriber.unrestricted_at = None, now
    subscriber.save(update_fields=["restricted_at", "unrestricted_at"])
    restriction.state = State.LIFTED
    restriction.lifted_at = now
    restriction.last_error = ""
    restriction.finish()
    say_restriction(restriction, subscriber)
    record("restriction.lifted", target=restriction, actor_id=actor_id, details=details)
