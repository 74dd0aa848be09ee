"""Restricting the use of a person's data, and lifting it once they were told (Art. 18 GDPR).

Both put a word of it outside the database first, so that no restored backup unsays it.
"""

from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.jobs.sweep import wake
from consent.rights.by_hand.outcomes import hold_requests_of, note_done
from consent.rights.errors import NoteTooLongError
from consent.rights.locking import locked
from consent.rights.models import LONGEST_NOTE, Restriction, RightsRequest
from consent.rights.putting_back import call_off, say_restriction
from tenants.accounts.models import User
from tenants.bots.models import Message, Subscriber

State = Restriction.State


@transaction.atomic
def restrict(
    subscriber: Subscriber, *, ground: Restriction.Ground, note: str = "", by: User
) -> Restriction:
    """Have a person's data stored and not used, from now on; ``note`` is theirs to read.

    Twice is once: the one in force is returned as it is. One that is just being lifted stays in
    force, on the new ground. Raises ``NoteTooLongError``, ``NobodyError``.
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
    restriction = there or Restriction(subscriber=subscriber)
    restriction.state = State.IN_FORCE
    restriction.ground, restriction.note, restriction.set_by_id = ground, note, by.pk
    # Of one that is being lifted, what says that it ends; else all that the chat was about to say.
    if there is None:
        call_off(Message.objects.filter(subscriber=subscriber))
    elif there.message_id is not None:
        call_off(Message.objects.filter(pk=there.message_id))
    restriction.lift_asked_at = restriction.lift_asked_by_id = restriction.message_id = None
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
    """Have the person told that the restriction ends; when they are, it ends (Art. 18(3) GDPR).

    Twice is once. Raises ``NobodyError``.
    """
    locked(restriction.subscriber_id)
    found = Restriction.objects.select_for_update().get(pk=restriction.pk)
    if found.state != State.IN_FORCE:
        return
    found.state = State.LIFTING
    found.lift_asked_at = found.not_before = timezone.now()
    found.lift_asked_by_id = by.pk
    found.message_id = None
    found.save()
    record("restriction.lifting", target=found, actor_id=by.pk)
    wake(found)


def end_restriction(restriction: Restriction, subscriber: Subscriber, told: Message) -> None:
    """The person was told, or cannot be; both rows are locked by the caller, in its transaction."""
    now = timezone.now()
    subscriber.restricted_at = None
    subscriber.save(update_fields=["restricted_at"])
    restriction.state = State.LIFTED
    restriction.lifted_at = now
    restriction.told_at = told.sent_at
    restriction.untold = told.problem
    restriction.last_error = ""
    restriction.finish()
    say_restriction(restriction, subscriber)
    record("restriction.lifted", target=restriction, details={"told": told.sent_at is not None})
