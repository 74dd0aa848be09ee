"""The outbox's tables."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.encryption import BlindIndexField, EncryptedTextField
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.statements import Walled
from chatbo.foundation.jobs.models import Job, JobQuerySet
from chatbo.foundation.personal_data import Category, Deleted, PersonalData


class OutgoingMail(Job):
    """A mail that must go out. Once it has, everything but the fact is dropped."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(null=True, editable=False)
    recipient = EncryptedTextField()
    recipient_index = BlindIndexField(
        purpose="mail", value=lambda row: row.recipient.strip().lower()
    )
    subject = EncryptedTextField()
    body = EncryptedTextField()
    attachments = models.JSONField(default=list)
    """Pairs of file name and storage name; the bytes stay where they are."""
    unsubscribe_url = models.URLField(blank=True)
    gave_up = models.BooleanField(default=False)

    objects = JobQuerySet["OutgoingMail"].as_manager()

    isolation: ClassVar = Walled(
        ownerless="Mails of the platform itself, as to confirm an address."
    )
    personal_data: ClassVar = PersonalData(
        subject="accounts.User",
        match={"recipient_index": "mail_index"},
        holds={
            "recipient": Category.CONTACT,
            "subject": Category.CONTENT,
            "body": Category.CONTENT,
            "attachments": Category.CONTENT,
            "unsubscribe_url": Category.SECURITY,
        },
        withheld={"unsubscribe_url": "Whoever has it unsubscribes."},
        end=Deleted(),
        export="mails",
        besides={"tenant_id": "Whose mail it is."},
    )

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        indexes = [
            models.Index(
                fields=["not_before"], name="mail_due", condition=models.Q(finished_at=None)
            )
        ]
