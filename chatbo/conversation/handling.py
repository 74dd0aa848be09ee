"""Working on an event: who was it, what do they want, what is answered. One transaction."""

import dataclasses
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from chatbo.conversation.answering import (
    answer_to,
    click_withdrawn,
    not_open,
    nothing_stored,
    restricted,
)
from chatbo.conversation.delivery import queue_messages
from chatbo.conversation.intake import unpacked
from chatbo.conversation.legal import Legal
from chatbo.conversation.models import IncomingEvent
from chatbo.conversation.my_data import take_in_wish_for_data
from chatbo.conversation.receipts import withdraw_clicks
from chatbo.conversation.wishes import LEGAL, Wish, wish_of
from chatbo.foundation.encryption.holding import hold_value
from chatbo.foundation.isolation import tenant_scope
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.ledger.models import ConsentRecord
from consent.ledger.recording import record_consent
from consent.ledger.seen import text_last_seen
from consent.texts.versions import effect_since
from tenants.bots import payloads
from tenants.bots.bots import answers_everybody
from tenants.bots.models import (
    Bot,
    Channel,
    Message,
    Subscriber,
    subscriber_indexes,
)
from tenants.bots.platforms import Outgoing
from tenants.bots.platforms.wire import Incoming

LONG_PAUSE = timedelta(days=30)
"""After so long a silence a person is told again that this is a bot. (The law names no number.)"""

GIVE_UP_AFTER = 30
"""Tries after which an event is dropped that nobody could work on: after about a day."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What an event led to, beyond what is stored.

    ``aside``: to be said to somebody on whom nothing is stored; the event is not finished until
    that has been done. ``erasure``: the one that the person has asked for.
    """

    channel: Channel | None = None
    sender: str = dataclasses.field(default="", repr=False)
    answer_id: str = ""
    aside: Outgoing | None = None
    erasure: Erasure | None = None


def work_on(tenant_id: uuid.UUID | str, event_id: uuid.UUID | str) -> Outcome | None:
    """Claim an event and answer it. ``None``: another has it, or it is done."""
    with tenant_scope(tenant_id):
        event = IncomingEvent.objects.claim(event_id)
    if not isinstance(event, IncomingEvent):
        return None
    if event.attempts > GIVE_UP_AFTER:
        with tenant_scope(tenant_id):
            finish(event)
        return Outcome()
    try:
        with tenant_scope(tenant_id):
            return answer_event(event)
    except Exception as error:
        # A fault of ours costs nobody their message: it waits, longer each time, for the repair.
        with tenant_scope(tenant_id):
            IncomingEvent.objects.get(pk=event.pk).try_again(type(error).__name__)
        raise


@transaction.atomic
def answer_event(event: IncomingEvent) -> Outcome:
    """Answer one event: record the person, the message and the notice; queue the replies.

    Nothing is stored on whoever writes to a bot that is not live, or wants no more than the
    imprint or to be left alone; and of whose data are restricted, nothing more. Somebody whose
    erasure is under way does not come back by a late message: what they wrote before it goes with
    them.
    """
    channel = Channel.objects.select_related("bot").filter(pk=event.channel_id).first()
    if not event.payload or channel is None or channel.state == Channel.State.DISCONNECTED:
        finish(event)
        return Outcome()
    incoming = unpacked(event.payload)
    outcome = Outcome(channel, incoming.sender, incoming.answer_id)
    indexes = subscriber_indexes(channel.pk, incoming.sender)

    # The person first, then the event: an erasure locks them in the same order, and has emptied
    # the event if it came by since it was claimed.
    subscriber = (
        Subscriber.objects.select_for_update()
        .filter(channel=channel, external_index__in=indexes)
        .first()
    )
    event = IncomingEvent.objects.select_for_update().get(pk=event.pk)
    under_way = Erasure.objects.unfinished().filter(
        channel_id=channel.pk, subject_index__in=indexes
    )
    erasure = under_way.first()
    if erasure is not None or not event.payload:
        finish(event)
        return dataclasses.replace(outcome, erasure=erasure)

    bot, legal = channel.bot, Legal(channel.bot)
    wish = wish_of(incoming, was_asked=subscriber is not None and _was_asked(subscriber))
    if subscriber is None:
        if aside := _said_to_a_stranger(wish, incoming, bot, legal):
            return dataclasses.replace(outcome, aside=aside)
        subscriber = _meet(channel, incoming)
    subscriber.channel = channel  # known already: nobody need ask for it again
    if wish == Wish.ERASE:
        finish(event)
        withdraw_clicks(incoming.clicks, place=bot.name, by_erasure=True)
        erasure = request_erasure(subscriber, origin=Erasure.Origin.BOT)
        return dataclasses.replace(outcome, erasure=erasure)

    is_restricted = subscriber.restricted_at is not None
    if is_restricted and wish not in LEGAL:
        return dataclasses.replace(outcome, aside=restricted(bot, legal))
    if _is_open(bot, incoming) and not is_restricted:
        _converse(subscriber, incoming, wish, bot, legal)
    else:
        said = _answer(subscriber, wish, "", bot, legal) if wish in LEGAL else not_open(bot, legal)
        queue_messages(subscriber, [said])
    finish(event)
    return outcome


def finish(event: IncomingEvent) -> None:
    """Done: only the digest stays, which recognises a repeated delivery and names nobody."""
    event.payload = event.sender_index = ""
    event.finish()


def _is_open(bot: Bot, incoming: Incoming) -> bool:
    return incoming.is_trial or answers_everybody(bot)


def _said_to_a_stranger(wish: Wish, incoming: Incoming, bot: Bot, legal: Legal) -> Outgoing | None:
    """What is said without storing anything on them, if anything is.

    Who came by a click on a tool and wants to be left alone takes that click back.
    """
    if wish in {Wish.IMPRINT, Wish.PRIVACY}:
        return answer_to(wish, "", bot, legal)
    if wish in {Wish.UNSUBSCRIBE, Wish.ERASE} and withdraw_clicks(
        incoming.clicks, place=bot.name, by_erasure=False
    ):
        return click_withdrawn(bot)
    if wish in LEGAL:
        return nothing_stored(bot)
    return None if _is_open(bot, incoming) else not_open(bot, legal)


def _meet(channel: Channel, incoming: Incoming) -> Subscriber:
    """The person's row, new or made by another worker at the same moment; locked."""
    indexes = subscriber_indexes(channel.pk, incoming.sender)
    hold_value(indexes)
    made_meanwhile = (
        Subscriber.objects.select_for_update()
        .filter(channel=channel, external_index__in=indexes)
        .first()
    )
    return made_meanwhile or Subscriber.objects.create(
        channel=channel,
        external_id=incoming.sender,
        external_index=indexes[0],
        language=channel.bot.language,
        is_trial=incoming.is_trial,
    )


def _converse(
    subscriber: Subscriber, incoming: Incoming, wish: Wish, bot: Bot, legal: Legal
) -> None:
    now = timezone.now()
    Message.objects.create(
        subscriber=subscriber,
        direction=Message.Direction.IN,
        text=incoming.text,
        at=min(incoming.at, now),
    )
    replies = []
    if _is_notice_due(subscriber, now):
        version, notice = legal.notice()
        record = record_consent(
            version,
            purpose=ConsentRecord.Purpose.NOTICE,
            decision=ConsentRecord.Decision.SHOWN,
            source=ConsentRecord.Source.BOT,
            controller=ConsentRecord.Controller.TENANT,
            place=bot.name,
            form=notice.text,
            person_id=subscriber.pk,
            identifier=incoming.sender,
            shown_at=now,
            given_at=now,
        )
        subscriber.notice_shown_at = now
        replies.append(legal.notice_with(notice, record))
    subscriber.last_seen_at = now
    subscriber.save(update_fields=["notice_shown_at", "last_seen_at"])
    replies.append(_answer(subscriber, wish, incoming.text, bot, legal))
    queue_messages(subscriber, replies)


def _is_notice_due(subscriber: Subscriber, now: datetime) -> bool:
    """At the start, after a long pause, and when the notice has changed so that it must be told."""
    if subscriber.notice_shown_at is None or now - subscriber.last_seen_at > LONG_PAUSE:
        return True
    seen = text_last_seen(subscriber.pk, ConsentRecord.Purpose.NOTICE)
    return seen is None or effect_since(seen).must_be_told


def _answer(subscriber: Subscriber, wish: Wish, said: str, bot: Bot, legal: Legal) -> Outgoing:
    if wish == Wish.MY_DATA:
        return take_in_wish_for_data(subscriber, legal)
    return answer_to(wish, said, bot, legal)


def _was_asked(subscriber: Subscriber) -> bool:
    """Whether the last thing said to the person was the question about erasing."""
    last = subscriber.messages.filter(direction=Message.Direction.OUT).last()
    return last is not None and any(
        button.get("payload") == payloads.ERASE for button in last.buttons
    )
