"""What a hold is, said outside the database; and made again of it after a restore."""

import datetime
import uuid
from collections.abc import Sequence

from django.db.models import QuerySet

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import text_or
from consent.erasure.holds.models import Hold
from consent.erasure.never_back import words
from consent.erasure.never_back.putting_back import Kind
from consent.erasure.never_back.words import Facts, Word
from tenants.accounts.models import User
from tenants.bots.models import Subscriber

KIND = "hold"


def say_hold(hold: Hold, person: Subscriber | None) -> None:
    """In the transaction that sets or extends it. Raises ``OSError``."""
    words.say(KIND, hold, person=person, facts=_facts(hold))


def say_released(hold: Hold) -> None:
    """In the transaction that releases it. Raises ``OSError``."""
    words.say(KIND, hold, person=None, facts=None)


def say_hold_as_it_is(hold_id: uuid.UUID) -> bool:
    """Of one that was set before words were said. Raises ``OSError``."""
    hold = _on_somebody_here().select_for_update().filter(pk=hold_id).first()
    if hold is None or words.is_any_known(KIND, hold.pk):
        return False
    person = hold.subscriber_id and Subscriber.objects.filter(pk=hold.subscriber_id).first()
    say_hold(hold, person or None)
    return True


def put_hold_back(its: Sequence[Word], person: Subscriber | None) -> bool:
    """As its last word says. What an erasure had taken is taken again when that is repeated."""
    last = its[-1]
    hold = Hold.objects.select_for_update().filter(pk=last.of).first()
    if last.facts is None:
        if hold is None:
            return False
        record("hold.released_again", target=hold, details={"ends_on": hold.ends_on.isoformat()})
        hold.delete()
        return True
    if hold is None and person is None:
        return False  # Nothing of theirs is here that it could hold.
    if hold is not None and _facts(hold) == last.facts:
        return False
    said = last.facts
    hold = hold or Hold(pk=last.of, subscriber_id=person.pk if person else None)
    hold.ground = str(said["ground"])
    hold.reason = str(said["reason"])
    hold.since, hold.until = _day(said["since"]), _day(said["until"])
    hold.ends_on, hold.warned_at = datetime.date.fromisoformat(str(said["ends_on"])), None
    hold.set_by_id = _still_there(said["set_by_id"])
    hold.save()
    at = datetime.datetime.fromisoformat(str(said["created_at"]))
    Hold.objects.filter(pk=hold.pk).update(created_at=at)
    details = {"ground": hold.ground, "ends_on": hold.ends_on.isoformat()}
    record("hold.put_back", target=hold, details=details)
    return True


def _on_somebody_here() -> QuerySet[Hold]:
    return Hold.objects.exclude(subscriber_id=None)


def _facts(hold: Hold) -> Facts:
    return {
        "ground": hold.ground,
        "reason": text_or(hold, "reason", ""),
        "since": hold.since.isoformat() if hold.since else None,
        "until": hold.until.isoformat() if hold.until else None,
        "ends_on": hold.ends_on.isoformat(),
        "set_by_id": str(hold.set_by_id) if hold.set_by_id else None,
        "created_at": hold.created_at.isoformat(),
    }


def _day(said: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(said) if said else None


def _still_there(number: str | None) -> uuid.UUID | None:
    """Whoever has ended their account since is named by nothing here."""
    return User.objects.filter(pk=number).values_list("pk", flat=True).first() if number else None


HOLD = Kind(KIND, Hold, put_hold_back, _on_somebody_here, say_hold_as_it_is)
