"""At an erasure: what is held moves out of the tables that are emptied, in its transaction."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from chatbo.foundation.encryption import text_or
from chatbo.foundation.sets import among
from consent.erasure.holds.models import Held, HeldMessage, Hold
from tenants.bots.models import Message, Subscriber


@dataclass(frozen=True)
class Taken:
    """How many holds the people leave behind, and the last day of the last of them."""

    count: int = 0
    until: datetime.date | None = None


def take_held(subjects: Sequence[Subscriber]) -> Taken:
    """Take what is held of people who are about to go, whom the caller has locked.

    Afterwards no hold leads to them any more. A hold whose time is over takes nothing, and goes.
    """
    found: dict[uuid.UUID, list[Hold]] = defaultdict(list)
    by_number = {each.pk: each for each in subjects}
    for hold in Hold.objects.select_for_update().filter(among("subscriber_id", by_number)):
        if hold.subscriber_id is not None:
            found[hold.subscriber_id].append(hold)
    today = timezone.localdate()
    taken = []
    for number, holds in found.items():
        for hold in holds:
            if hold.ends_on < today:
                hold.delete()
                continue
            hold.snapshot = _held(by_number[number], hold).written()
            hold.subscriber_id, hold.taken_at = None, timezone.now()
            hold.save(update_fields=["snapshot", "subscriber_id", "taken_at"])
            taken.append(hold.ends_on)
    return Taken(len(taken), max(taken, default=None))


def messages_of(hold: Hold) -> Q:
    """Which messages a hold names, while the person is here."""
    chosen = Q(subscriber_id=hold.subscriber_id)
    if hold.since:
        chosen &= Q(at__date__gte=hold.since)
    if hold.until:
        chosen &= Q(at__date__lte=hold.until)
    return chosen


def _held(subscriber: Subscriber, hold: Hold) -> Held:
    return Held(
        identifier=text_or(subscriber, "external_id", ""),
        platform=subscriber.channel.platform,
        bot=subscriber.channel.bot.name,
        messages=[
            HeldMessage(each.at, each.direction, text_or(each, "text", "") or None)
            for each in Message.objects.filter(messages_of(hold))
        ],
    )
