"""Many people at once, each of whom has said something and agreed to something."""

import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone

from chatbo.conversation.models import IncomingEvent
from consent.ledger.models import ConsentRecord
from consent.ledger.recording import record_consent
from consent.texts.versions import text_in_force
from tenants.bots.models import Bot, Channel, Message, Platform, Subscriber, subscriber_index


def channel_of_bot(name: str = "Bot", *, platform: Platform = Platform.TELEGRAM) -> Channel:
    """In the open scope: a bot of its own with a channel."""
    bot = Bot.objects.create(name=name)
    return Channel.objects.create(
        bot=bot, platform=platform, external_id=uuid.uuid4().hex, name=name
    )


def someone(
    channel: Channel, name: str, *, seen: datetime | None = None, **more: Any
) -> Subscriber:
    """``seen``: when they were there first and last."""
    subscriber = Subscriber.objects.create(
        channel=channel,
        external_id=name,
        external_index=subscriber_index(channel.pk, name),
        **more,
    )
    Message.objects.create(subscriber=subscriber, direction="in", text=name, at=timezone.now())
    IncomingEvent.objects.create(
        channel_id=channel.pk,
        digest=uuid.uuid4().hex,
        sender_index=subscriber.external_index,
        payload=f'{{"sender": "{name}"}}',
        happened_at=timezone.now(),
    )
    agree(subscriber, name)
    if seen is not None:
        Subscriber.objects.filter(pk=subscriber.pk).update(first_seen_at=seen, last_seen_at=seen)
        subscriber.refresh_from_db()
    return subscriber


def agree(subscriber: Subscriber, name: str) -> ConsentRecord:
    return record_consent(
        text_in_force("bot-notice", "de"),
        purpose=ConsentRecord.Purpose.CHAT,
        decision=ConsentRecord.Decision.GRANTED,
        source=ConsentRecord.Source.BOT,
        controller=ConsentRecord.Controller.TENANT,
        person_id=subscriber.pk,
        identifier=name,
    )


def crowd(channel: Channel, count: int, *, seen: datetime | None = None) -> list[Subscriber]:
    return [
        someone(channel, f"guest-{number}-of-{channel.pk}", seen=seen) for number in range(count)
    ]
