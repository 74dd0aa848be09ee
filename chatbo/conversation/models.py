"""The conversation's two jobs: what came in must be answered, what was answered must be sent."""

import json
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.encryption import BlindIndexField, EncryptedTextField
from chatbo.foundation.isolation.models import TenantForeignKey, TenantModel
from chatbo.foundation.jobs.models import Job, JobQuerySet
from chatbo.foundation.personal_data import Blanked, Category, Deleted, PersonalData
from tenants.bots.models import Subscriber


def _sender(event: "IncomingEvent") -> str:
    """Who the event is from, as ``Subscriber.external_index`` has it."""
    return f"{event.channel_id}:{json.loads(event.payload)['sender']}" if event.payload else ""


class IncomingEvent(TenantModel, Job):
    """One message or tap as the platform delivered it: stored first, answered 200, then worked on.

    When done its payload is dropped; the digest stays, so that a repeated delivery has no
    effect, not even after the person's erasure.
    """

    channel_id = models.UUIDField()
    digest = BlindIndexField(purpose="event", gone_within=timedelta(days=7))
    """Keyed digest of the platform's own id of the message. No platform repeats a delivery for
    longer (WhatsApp's 7 days are the longest)."""
    sender_index = BlindIndexField(purpose="subscriber", value=_sender, blank=True)
    payload = EncryptedTextField(blank=True)
    happened_at = models.DateTimeField()

    LEASE: ClassVar = timedelta(seconds=30)

    objects = JobQuerySet["IncomingEvent"].as_manager()

    personal_data: ClassVar = PersonalData(
        subject="bots.Subscriber",
        match={"sender_index": "external_index"},
        holds={"payload": Category.CONTENT, "sender_index": Category.IDENTIFIER},
        withheld={"sender_index": _("A keyed digest of the identifier, which is given out.")},
        end=Blanked(
            fields={"payload": "", "sender_index": ""},
            reason="The digest alone recognises a repeated delivery, and names nobody.",
        ),
        export="events_under_way",
        besides={
            "channel_id": "Where it came in: the business's own.",
            "digest": "Of the platform's number for one delivery.",
        },
    )

    class Meta:
        verbose_name = _("incoming message")
        verbose_name_plural = _("incoming messages")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "digest"], name="event_once")]
        indexes = [
            models.Index(fields=["tenant_id", "sender_index"], name="event_sender"),
            models.Index(
                fields=["not_before"], name="event_due", condition=models.Q(finished_at=None)
            ),
        ]


class Delivery(TenantModel, Job):
    """The job of sending one person all that waits for them, in order.

    One a person at most, and gone when nothing waits any more: the messages themselves say what
    was sent. Whoever adds a message or ends the job holds the subscriber's lock.
    """

    subscriber = TenantForeignKey(Subscriber, on_delete=models.CASCADE, related_name="deliveries")

    objects = JobQuerySet["Delivery"].as_manager()

    personal_data: ClassVar = PersonalData(
        subject="bots.Subscriber",
        match={"subscriber_id": "id"},
        end=Deleted(),
        export="deliveries_under_way",
    )

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "subscriber"], name="delivery_once")
        ]
        indexes = [models.Index(fields=["not_before"], name="delivery_due")]
