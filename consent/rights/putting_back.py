"""What a restriction is, said outside the database; and made again of it after a restore."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import text_or
from consent.erasure.never_back import words
from consent.erasure.never_back.putting_back import Kind
from consent.erasure.never_back.words import Facts, Word
from consent.rights.calling_off import call_off_everything, call_off_what_tells
from consent.rights.models import Restriction
from tenants.accounts.models import User
from tenants.bots.models import Subscriber

KIND = "restriction"
State = Restriction.State


def say_restriction(restriction: Restriction, person: Subscriber) -> None:
    """In the transaction that sets or lifts it, when both rows are saved. Raises ``OSError``."""
    words.say(KIND, restriction, person=person, facts=_facts(restriction, person))


def say_restriction_as_it_is(restriction_id: uuid.UUID) -> bool:
    """Of one that was set before words were said. Raises ``OSError``."""
    people = Subscriber.objects.select_for_update(of=("self",))
    person = people.filter(restrictions__pk=restriction_id).first()
    unfinished = Restriction.objects.unfinished().select_for_update()
    restriction = unfinished.filter(pk=restriction_id).first()
    if person is None or restriction is None or words.is_any_known(KIND, restriction.pk):
        return False
    say_restriction(restriction, person)
    return True


def put_restriction_back(its: Sequence[Word], person: Subscriber | None) -> bool:
    """As its last word says. One that was being lifted, untold, is in force as before."""
    last, said = its[-1], its[-1].facts
    if person is None or said is None:
        return False  # Nothing of theirs is here that could be used.
    known = Restriction.objects.select_for_update().filter(subscriber=person)
    row = known.filter(pk=last.of).first() or known.unfinished().first()
    if said["state"] == State.LIFTED:
        if row is None or row.pk != last.of or row.state == State.LIFTED:
            return False
    elif row is not None and _facts(row, person) == said:
        return False
    row = row or Restriction(pk=last.of, subscriber=person)
    person.restricted_at = _moment(said["restricted_at"])
    person.unrestricted_at = _moment(said["lifted_at"])
    person.save(update_fields=["restricted_at", "unrestricted_at"])
    if said["state"] == State.LIFTED:
        _end(row, said)
        record("restriction.lifted_again", target=row)
    else:
        _begin(row, said)
        record("restriction.put_back", target=row, details={"ground": row.ground})
    return True


def _begin(row: Restriction, said: Facts) -> None:
    if row._state.adding:
        call_off_everything(row.subscriber)
    else:
        call_off_what_tells(row)
    row.state, row.ground, row.note = State.IN_FORCE, str(said["ground"]), str(said["note"])
    # Whoever has ended their account since is named by nothing here.
    setter = User.objects.filter(pk=said["set_by_id"]) if said["set_by_id"] else User.objects.none()
    row.set_by_id = setter.values_list("pk", flat=True).first()
    row.lift_asked_at = row.lift_asked_by_id = row.told_at = row.lease_until = None
    row.save()
    Restriction.objects.filter(pk=row.pk).update(created_at=_moment(said["created_at"]))


def _end(row: Restriction, said: Facts) -> None:
    row.state = State.LIFTED
    row.lifted_at, row.told_at = _moment(said["lifted_at"]), _moment(said["told_at"])
    row.told_way, row.told_note = str(said["told_way"]), str(said["told_note"])
    row.told_on = date.fromisoformat(said["told_on"]) if said["told_on"] else None
    row.finish()


def _facts(row: Restriction, person: Subscriber) -> Facts:
    return {
        "state": row.state,
        "ground": row.ground,
        "note": text_or(row, "note", ""),
        "set_by_id": str(row.set_by_id) if row.set_by_id else None,
        "created_at": row.created_at.isoformat(),
        "restricted_at": _said(person.restricted_at),
        "lifted_at": _said(row.lifted_at),
        "told_at": _said(row.told_at),
        "told_way": row.told_way,
        "told_on": row.told_on.isoformat() if row.told_on else None,
        "told_note": text_or(row, "told_note", ""),
    }


def _said(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


RESTRICTION = Kind(
    KIND,
    Restriction,
    put_restriction_back,
    Restriction.objects.unfinished,
    say_restriction_as_it_is,
)
