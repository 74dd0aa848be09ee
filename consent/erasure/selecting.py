"""Whom an erasure of many people is about: what selects them, as it lies in the job."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from chatbo.foundation.sets import among
from consent.erasure.models import Erasure
from tenants.bots.models import Bot, Subscriber

Selection = dict[str, Any]

_MOMENT = "until"
_RESTRICTED = "restricted"


def these(subscribers: Iterable[uuid.UUID]) -> Selection:
    """The people that somebody has chosen, by the numbers of their rows."""
    return {"subjects": sorted({str(each) for each in subscribers})}


def all_of(bot: Bot | None = None, *, until: datetime) -> Selection:
    """Everybody of one bot, or of the whole business, who was there at this moment.

    Who comes after it has not been selected: without a moment the job would never end.
    """
    return {_MOMENT: until.isoformat()} | ({"bot": str(bot.pk)} if bot else {})


def all_at_the_end(*, until: datetime) -> Selection:
    """Everybody of a business that leaves, also whose data are restricted: nothing of them may
    stay with ChatBo (Art. 28(3)(g) GDPR), and what the business takes along says who they are."""
    return all_of(until=until) | {_RESTRICTED: True}


def inactive(bot: Bot, *, since: datetime) -> Selection:
    """Who has not written to a bot for so long."""
    return {"bot": str(bot.pk), "inactive_since": since.isoformat()}


def is_same(one: Selection, other: Selection) -> bool:
    """Whether two requests are the same wish, as that of somebody who pressed a button twice."""
    return _wish(one) == _wish(other)


def _wish(selection: Selection) -> Selection:
    return {key: value for key, value in selection.items() if key != _MOMENT}


def selected(selection: Selection) -> QuerySet[Subscriber]:
    """The people of the open scope whom this still is about, those with a job of their own aside.

    Theirs deletes them, and tells them. Who is restricted is passed over: deleting is processing
    too (Art. 18(2) GDPR). What selects by nothing selects nobody.
    """
    people = _named(selection)
    return people if _RESTRICTED in selection else people.filter(restricted_at=None)


def passed_over(selection: Selection) -> QuerySet[Subscriber]:
    """Those of the selection who stay, as their data are restricted."""
    people = _named(selection).exclude(restricted_at=None)
    return people.none() if _RESTRICTED in selection else people


def _named(selection: Selection) -> QuerySet[Subscriber]:
    people = Subscriber.objects.all()
    if not {"subjects", _MOMENT, "inactive_since"}.intersection(selection):
        return people.none()
    if "subjects" in selection:
        people = people.filter(pk__in=selection["subjects"])
    if "bot" in selection:
        people = people.filter(channel__bot_id=selection["bot"])
    if _MOMENT in selection:
        people = people.filter(first_seen_at__lte=datetime.fromisoformat(selection[_MOMENT]))
    if "inactive_since" in selection:
        since = datetime.fromisoformat(selection["inactive_since"])
        # Who was restricted could not write: their time runs from the end of it at the earliest.
        people = people.filter(last_seen_at__lt=since).exclude(unrestricted_at__gte=since)
    return people.exclude(pk__in=with_own_job().values("subject_id")).order_by("pk")


def with_own_job() -> QuerySet[Erasure]:
    """The erasures under way of one person each."""
    return Erasure.objects.unfinished().exclude(subject_id=None)


def without_own_job(held: list[Subscriber]) -> list[Subscriber]:
    """Those of the people, whom the caller has locked, that no job of their own deletes.

    Asked once they are locked: who asked for it in the moment before is told by their own.
    """
    asked = with_own_job().filter(among("subject_id", (each.pk for each in held)))
    theirs = set(asked.values_list("subject_id", flat=True))
    return [each for each in held if each.pk not in theirs]
