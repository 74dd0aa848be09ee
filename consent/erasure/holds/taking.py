"""At an erasure: what is held moves out of the tables that are emptied, in its transaction."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from chatbo.foundation.encryption import UnreadableError, text_or
from chatbo.foundation.personal_data.rows import Several
from chatbo.foundation.sets import Array, among
from consent.erasure.holds.models import Held, HeldMessage, Hold
from tenants.bots.models import Channel, Message, Subscriber


@dataclass(frozen=True)
class Taken:
    """How many holds the people leave behind, and the last day of the last of them."""

    count: int = 0
    until: datetime.date | None = None


def take_held(subjects: Several[Subscriber]) -> Taken:
    """Take what is held of people who are about to go, whom the caller has locked.

    Afterwards no hold leads to them any more. A hold whose time is over takes nothing, and goes.
    """
    holds = list(holds_on(subjects.all_of("id")).select_for_update())
    if not holds:
        return Taken()
    by_number = {each.pk: each for each in subjects}
    today, now = timezone.localdate(), timezone.now()
    over = [hold.pk for hold in holds if hold.ends_on < today]
    taken = [
        (hold, by_number[number])
        for hold in holds
        if (number := hold.subscriber_id) and hold.ends_on >= today
    ]
    messages = _messages_of([subscriber.pk for _hold, subscriber in taken])
    channels = Channel.objects.select_related("bot").in_bulk({each.channel_id for each in subjects})
    for hold, subscriber in taken:
        hold.snapshot = Held(
            identifier=text_or(subscriber, "external_id", ""),
            platform=channels[subscriber.channel_id].platform,
            bot=channels[subscriber.channel_id].bot.name,
            messages=[
                HeldMessage(each.at, each.direction, _text_of(each))
                for each in messages[subscriber.pk]
                if hold.names(each.at)
            ],
        ).written()
        hold.subscriber_id, hold.taken_at = None, now
    Hold.objects.filter(pk__in=over).delete()
    Hold.objects.bulk_update(
        [hold for hold, _subscriber in taken], ["snapshot", "subscriber_id", "taken_at"]
    )
    return Taken(len(taken), max((hold.ends_on for hold, _subscriber in taken), default=None))


def holds_on(subscriber_ids: Array) -> QuerySet[Hold]:
    """The holds on these people, whatever their dates."""
    return Hold.objects.filter(among("subscriber_id", subscriber_ids))


def _text_of(message: Message) -> str | None:
    """Nothing where no key opens it; a tap has no words, which is another thing."""
    try:
        return str(message.text)
    except UnreadableError:
        return None


def _messages_of(people: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Message]]:
    found: dict[uuid.UUID, list[Message]] = defaultdict(list)
    for message in Message.objects.filter(among("subscriber_id", people)):
        found[message.subscriber_id].append(message)
    return found
