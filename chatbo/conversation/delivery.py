"""Sending what waits for people: in order, each message once, whatever is killed meanwhile."""

import dataclasses
import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

from chatbo.conversation.models import Delivery
from chatbo.conversation.receipts import put_addresses
from chatbo.foundation.encryption import UnreadableError
from chatbo.foundation.isolation import tenant_scope
from tenants.bots import platforms
from tenants.bots.channels import note_trouble, note_well
from tenants.bots.models import Channel, Message, Platform, Subscriber
from tenants.bots.platforms import Button, Outgoing, PlatformError, Receipt
from tenants.bots.platforms.errors import (
    OurFaultError,
    RateLimitedError,
    TemporaryError,
)

GIVE_UP_AFTER = 10
"""Tries; with the pauses between them that is about half an hour. A chat is not a letter."""

SAY_SO_AFTER = 4


@transaction.atomic
def queue_messages(subscriber: Subscriber, messages: Iterable[Outgoing]) -> list[Message]:
    """Have messages sent to one person, in this order. The caller holds the person's lock.

    What is said on the web chat needs no sending: its page reads it.
    """
    is_web = subscriber.channel.platform == Platform.WEB
    now = timezone.now()
    queued = [
        Message.objects.create(
            subscriber=subscriber,
            direction=Message.Direction.OUT,
            text=message.text,
            buttons=[dataclasses.asdict(button) for button in message.buttons],
            at=now + timedelta(microseconds=number),
            sent_at=now if is_web else None,
        )
        for number, message in enumerate(messages, start=1)
    ]
    if queued and not is_web:
        delivery, _ = Delivery.objects.get_or_create(subscriber=subscriber)
        _wake(delivery)
    return queued


def deliver_all(tenant_id: str, delivery_id: str) -> None:
    """Send one person all that waits, oldest first; each is noted before the next is sent.

    Killed between a send and its note, the message goes out once more, and that is the only one.
    """
    with tenant_scope(tenant_id):
        delivery = Delivery.objects.claim(delivery_id)
    if not isinstance(delivery, Delivery):
        return
    while (waiting := _next(tenant_id, delivery)) is not None:
        message, channel = waiting
        try:
            receipt = platforms.send(channel, message.subscriber.external_id, _outgoing(message))
        except (TemporaryError, RateLimitedError) as error:
            if not _try_later(tenant_id, delivery, message, channel, error):
                return
        except PlatformError as error:
            _drop(tenant_id, message, channel, error)
        except UnreadableError:  # Logged; what waits behind it goes out all the same.
            with tenant_scope(tenant_id):
                Message.objects.filter(pk=message.pk).update(problem="unreadable")
        else:
            _note_sent(tenant_id, delivery, message, channel, receipt)


def _next(tenant_id: str, delivery: Delivery) -> tuple[Message, Channel] | None:
    """The next message to send, with the lease renewed; or nothing, and the job is gone."""
    with tenant_scope(tenant_id):
        if not _hold(delivery):
            return None
        message = _waiting(delivery.subscriber_id).select_related("subscriber").first()
        if message is None:
            delivery.delete()
            return None
        delivery.lease_until = timezone.now() + Delivery.LEASE
        delivery.save(update_fields=["lease_until"])
        put_addresses([message])
        return message, Channel.objects.get(pk=message.subscriber.channel_id)


def _hold(delivery: Delivery) -> bool:
    """Lock the person and see whether the job is still ours: an erasure takes it away, and a
    worker that was thought dead may find it with another."""
    Subscriber.objects.select_for_update().filter(pk=delivery.subscriber_id).first()
    return Delivery.objects.filter(pk=delivery.pk, lease_until=delivery.lease_until).exists()


def _waiting(subscriber_id: uuid.UUID) -> models.QuerySet[Message]:
    return Message.objects.filter(
        subscriber_id=subscriber_id,
        direction=Message.Direction.OUT,
        sent_at=None,
        problem="",
    )


def _note_sent(
    tenant_id: str, delivery: Delivery, message: Message, channel: Channel, receipt: Receipt
) -> None:
    with tenant_scope(tenant_id):
        Message.objects.filter(pk=message.pk).update(
            sent_at=timezone.now(), platform_message_id=receipt.message_id
        )
        Delivery.objects.filter(pk=delivery.pk).update(attempts=1)
        if channel.problem:
            note_well(channel.pk)


def _try_later(
    tenant_id: str, delivery: Delivery, message: Message, channel: Channel, error: PlatformError
) -> bool:
    """Leave it for later, or give this message up at last; ``True``: go on with the next."""
    with tenant_scope(tenant_id):
        if not _hold(delivery):
            return False
        if delivery.attempts >= SAY_SO_AFTER:
            note_trouble(channel.pk, error)
        if delivery.attempts >= GIVE_UP_AFTER:
            Message.objects.filter(pk=message.pk).update(problem=error.code[:60])
            return True
        delivery.try_again(error.code, after=error.retry_after)
        return False


def _drop(tenant_id: str, message: Message, channel: Channel, error: PlatformError) -> None:
    """It will not pass: the owner reads what concerns the channel, and nothing is tried again.

    Only a message that the platform does not understand is dropped alone.
    """
    with tenant_scope(tenant_id):
        note_trouble(channel.pk, error)
        dropped = _waiting(message.subscriber_id)
        if isinstance(error, OurFaultError):
            dropped = dropped.filter(pk=message.pk)
        dropped.update(problem=error.code[:60])


def _outgoing(message: Message) -> Outgoing:
    return Outgoing(message.text, tuple(Button(**button) for button in message.buttons))


def _wake(delivery: Delivery) -> None:
    from chatbo.conversation.tasks import deliver

    transaction.on_commit(
        lambda: deliver.delay(str(delivery.tenant_id), str(delivery.pk)), robust=True
    )
