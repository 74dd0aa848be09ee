"""The web chat: what somebody says on its page, and what the page shows them.

It takes the same way as a platform's event, but the page itself works on it at once, so the
answer is there when the page comes back. If that fails half-way, the sweep does it.
"""

import dataclasses
import uuid
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from chatbo.conversation.handling import Outcome, finish, work_on
from chatbo.conversation.intake import store_events
from chatbo.conversation.models import IncomingEvent
from chatbo.conversation.receipts import put_addresses
from chatbo.foundation.isolation import tenant_scope
from consent.erasure.models import Erasure
from consent.erasure.telling import last_message
from consent.rights.calling_off import CALLED_OFF
from consent.rights.restricting import note_what_loaded
from consent.texts.versions import filled, fitting, text_in_force
from tenants.bots.models import Bot, Channel, Message, Platform, Subscriber
from tenants.bots.platforms.wire import Incoming, Kind

LONGEST_SAYING = 1000
SHOWN = 100
"""How many of the last messages the page shows."""
MOST_A_MINUTE = 20


class TooFastError(Exception):
    """Nobody types that fast."""


@dataclasses.dataclass(frozen=True)
class Saying:
    """What was typed or tapped. ``nonce`` names the act: sent twice, it counts once."""

    nonce: str
    text: str = ""
    payload: str = ""


@dataclasses.dataclass(frozen=True)
class Sight:
    """What the chat shows: the conversation, or what became of the person's erasure."""

    messages: list[Message]
    aside: str = ""
    erasure_code: str = ""
    erasure_text: str = ""
    is_erased: bool = False


def web_channel(bot: Bot) -> Channel | None:
    """A bot's web chat, if it is switched on."""
    return (
        bot.channels.select_related("bot")
        .filter(platform=Platform.WEB, state=Channel.State.CONNECTED)
        .first()
    )


def say(
    channel: Channel,
    person: str,
    saying: Saying,
    *,
    is_trial: bool = False,
    clicks: tuple[str, ...] = (),
) -> Outcome:
    """Take in what somebody says on the page, and answer it.

    ``clicks``: the consents that they came with, which end when they unsubscribe.

    Raises ``TooFastError`` past twenty messages in a minute.
    """
    with tenant_scope(channel.tenant_id):
        subscriber = Subscriber.objects.known_as(channel.pk, person)
        if subscriber:
            _check_pace(subscriber)
            saying = _with_title(saying, subscriber)
        incoming = _incoming(channel, person, saying, is_trial=is_trial, clicks=clicks)
        stored = store_events(channel.tenant_id, channel.pk, [incoming])
    for event_id in stored:
        return _answered(channel.tenant_id, event_id)
    return Outcome()


def sight(channel: Channel, person: str, *, erasure_code: str = "", aside: str = "") -> Sight:
    """What the page shows to this person, read in the tenant's open scope."""
    if erasure_code:
        erasure = Erasure.objects.filter(code=erasure_code, channel_id=channel.pk).first()
        if erasure is not None:
            return _of_erasure(erasure)
    subscriber = Subscriber.objects.known_as(channel.pk, person) if person else None
    said = subscriber.messages.exclude(problem=CALLED_OFF) if subscriber else Message.objects.none()
    shown = list(said.order_by("-at", "-id")[:SHOWN])[::-1]
    put_addresses(shown)
    if subscriber and subscriber.restricted_at:
        note_what_loaded(subscriber, shown)
    return Sight(shown, aside=aside)


def _of_erasure(erasure: Erasure) -> Sight:
    """First that it runs; once it is done, the last message: on the web the page is the telling."""
    is_done = erasure.state in {Erasure.State.TOLD, Erasure.State.UNTOLD}
    if is_done:
        text = last_message(erasure).text
    else:
        url = settings.BASE_URL + reverse("erasure_status:status", args=[erasure.code])
        started = text_in_force("bot-erasure-started", erasure.language)
        text = filled(started, fitting(started, {"url": url}))
    return Sight([], erasure_code=erasure.code, erasure_text=text.strip(), is_erased=is_done)


def _answered(tenant_id: uuid.UUID, event_id: uuid.UUID) -> Outcome:
    outcome = work_on(tenant_id, event_id) or Outcome()
    if outcome.aside:
        with tenant_scope(tenant_id):
            finish(IncomingEvent.objects.get(pk=event_id))
    return outcome


def _incoming(
    channel: Channel, person: str, saying: Saying, *, is_trial: bool, clicks: tuple[str, ...]
) -> Incoming:
    return Incoming(
        event_id=f"{person}:{saying.nonce}",
        place=channel.external_id,
        sender=person,
        kind=Kind.TAP if saying.payload else Kind.TEXT,
        at=timezone.now(),
        text=saying.text[:LONGEST_SAYING],
        payload=saying.payload,
        is_trial=is_trial,
        clicks=clicks,
    )


def _check_pace(subscriber: Subscriber) -> None:
    lately = timezone.now() - timedelta(minutes=1)
    said = subscriber.messages.filter(direction=Message.Direction.IN, at__gte=lately)
    if said.count() >= MOST_A_MINUTE:
        raise TooFastError


def _with_title(saying: Saying, subscriber: Subscriber) -> Saying:
    """A tapped button stands in the conversation by its title."""
    last = subscriber.messages.filter(direction=Message.Direction.OUT).last()
    titles = {b.get("payload"): b.get("title", "") for b in last.buttons} if last else {}
    if not saying.payload or saying.text:
        return saying
    return dataclasses.replace(saying, text=titles.get(saying.payload, ""))
