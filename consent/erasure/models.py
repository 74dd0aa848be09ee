"""Erasures: jobs that outlive the person they are about, and name nobody."""

from datetime import timedelta
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.encryption import BlindIndexField, EncryptedTextField
from chatbo.foundation.isolation.ids import new_code
from chatbo.foundation.isolation.listing import Listed
from chatbo.foundation.isolation.models import TenantModel
from chatbo.foundation.jobs.models import Job, JobQuerySet
from chatbo.foundation.personal_data import Blanked, Category, PersonalData


class ErasureQuerySet(JobQuerySet["Erasure"]):
    def overdue(self) -> Self:
        """Not carried out although the law's month is over."""
        return self.filter(deleted_at=None, due_at__lt=timezone.now())


class Erasure(TenantModel, Job):
    """One person's wish to be forgotten, and how far it has got (Art. 17 GDPR).

    The address for the last message is held here alone, used once after the deletion is
    committed, then dropped.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        DELETED = "deleted", _("deleted, the person is being told")
        TOLD = "told", _("deleted and told")
        UNTOLD = "untold", _("deleted, the person could not be told")

    class Origin(models.TextChoices):
        BOT = "bot", _("in the chat")
        TENANT = "tenant", _("by you")
        PLATFORM = "platform", _("through the platform")
        RETENTION = "retention", _("retention period")

    code = models.CharField(max_length=32, default=new_code)
    state = models.CharField(max_length=12, choices=State, default=State.REQUESTED)
    origin = models.CharField(max_length=12, choices=Origin)
    subject_id = models.UUIDField()
    subject_index = BlindIndexField(
        purpose="subscriber",
        value=lambda row: f"{row.channel_id}:{row.address}" if row.address else "",
        blank=True,
    )
    """Recognises the person's late messages until told; dropped with the address."""
    channel_id = models.UUIDField()
    address = EncryptedTextField(blank=True)
    language = models.CharField(max_length=5, default="de")
    counts = models.JSONField(default=dict)
    """How many rows went, by model label."""
    due_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    LEASE: ClassVar = timedelta(seconds=30)

    objects = ErasureQuerySet.as_manager()

    listed: ClassVar = (Listed("erasure", lambda row: row.code),)
    audit_target: ClassVar = Target(_("Erasure"))
    personal_data: ClassVar = PersonalData(
        subject="bots.Subscriber",
        match={"subject_id": "id"},
        holds={
            "address": Category.IDENTIFIER,
            "subject_index": Category.IDENTIFIER,
            "code": Category.CONSENT,
            "language": Category.USAGE,
        },
        withheld={"subject_index": "A keyed digest of the address, which is given out."},
        facts=Category.CONSENT,
        end=Blanked(
            fields={"address": "", "subject_index": ""},
            reason="The job tells the person after the deletion and drops the address itself.",
        ),
        export="erasures",
        besides={
            "channel_id": "Where they are told: the business's own.",
            "counts": "How many rows went.",
        },
    )

    class Meta:
        verbose_name_plural = _("erasures")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "subject_id"],
                condition=models.Q(finished_at=None),
                name="erasure_one_under_way",
            )
        ]
        indexes = [
            models.Index(fields=["tenant_id", "-created_at"], name="erasure_newest"),
            models.Index(fields=["tenant_id", "code"], name="erasure_by_code"),
            models.Index(
                fields=["due_at"], name="erasure_not_done", condition=models.Q(deleted_at=None)
            ),
        ]
