"""Whom an erasure of many people is about: what selects them, as it lies in the job."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from consent.erasure.models import Erasure
from tenants.bots.models import Bot, Subscriber

Selection = dict[str, Any]


def these(subscribers: Iterable[uuid.UUID]) -> Selection:
    """The people that somebody has chosen, by the numbers of their rows."""
    return {"subjects": sorted(str(each) for each in subscribers)}


def all_of(bot: Bot | None = None) -> Selection:
    """Everybody of one bot, or of the whole business."""
    return {"bot": str(bot.pk)} if bot else {}


def inactive(bot: Bot, *, since: datetime) -> Selection:
    """Who has not written to a bot for so long."""
    return {"bot": str(bot.pk), "inactive_since": since.isoformat()}


def selected(selection: Selection) -> QuerySet[Subscriber]:
    """The people of the open scope whom this still is about, those with a job of their own aside.

    Theirs deletes them, and tells them.
    """
    people = Subscriber.objects.all()
    if "subjects" in selection:
        people = people.filter(pk__in=selection["subjects"])
    if "bot" in selection:
        people = people.filter(channel__bot_id=selection["bot"])
    if "inactive_since" in selection:
        people = people.filter(last_seen_at__lt=datetime.fromisoformat(selection["inactive_since"]))
    under_way = Erasure.objects.unfinished().exclude(subject_id=None)
    return people.exclude(pk__in=under_way.values("subject_id")).order_by("pk")
