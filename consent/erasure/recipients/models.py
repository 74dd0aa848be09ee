"""Systems that a business wants told of erasures, and the notices that go to them."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.countries import country_name
from chatbo.foundation.encryption import EncryptedTextField
from chatbo.foundation.isolation.ids import new_code
from chatbo.foundation.isolation.models import TenantForeignKey, TenantModel
from chatbo.foundation.jobs.models import Job, JobQuerySet
from chatbo.foundation.personal_data import Blanked, Category, NoPersonalData, PersonalData


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def silent(self) -> "RecipientQuerySet":
        """Switched off by their own answer, or not told of an erasure in the last 30 days."""
        since = timezone.now() - timedelta(days=30)
        given_up = ErasureNotice.objects.filter(
            recipient_id=models.OuterRef("pk"),
            state=ErasureNotice.State.GIVEN_UP,
            finished_at__gte=since,
        )
        return self.filter(models.Q(state=Recipient.State.GONE) | models.Exists(given_up))


class Recipient(TenantModel):
    """An address of one of the business's own systems, which is told who was erased."""

    class State(models.TextChoices):
        ACTIVE = "active", _("in use")
        PAUSED = "paused", _("paused")
        GONE = "gone", _("switched off")
        """It answered that there is nothing any more (410), and gets no notices."""

    name = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    """Where it stands: within the EEA."""
    url = EncryptedTextField()
    """Encrypted, as many systems have their secret in the address."""
    secret = EncryptedTextField()
    """What notices are signed with, as ``whsec_...`` (``signing``)."""
    previous_secret = EncryptedTextField(blank=True)
    previous_until = models.DateTimeField(null=True)
    """So long the secret before this one signs as well."""
    state = models.CharField(max_length=6, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RecipientQuerySet.as_manager()

    audit_target: ClassVar = Target(_("Recipient of erasures"), named="name")
    personal_data: ClassVar = NoPersonalData(
        "The business's own systems.",
        besides={
            "url": "The business's own address.",
            "secret": "Random: the business's key.",
            "previous_secret": "Random: the business's key of before.",
        },
    )

    class Meta:
        verbose_name = _("recipient of erasures")
        verbose_name_plural = _("recipients of erasures")
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def country_name(self) -> str:
        return country_name(self.country)


def new_message_id() -> str:
    return f"msg_{new_code()}"


class ErasureNotice(TenantModel, Job):
    """One notice of an erasure to one recipient: of one person, or of a part of many.

    Holds what the recipient knows them by, until it is delivered or given up.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("on its way")
        DELIVERED = "delivered", _("told")
        GIVEN_UP = "given_up", _("not told")

    erasure = TenantForeignKey("erasure.Erasure", on_delete=models.CASCADE, related_name="notices")
    recipient = TenantForeignKey(
        Recipient, on_delete=models.SET_NULL, null=True, related_name="notices"
    )
    recipient_name = models.CharField(max_length=80)
    """As it was called then; stays when the recipient is removed."""
    message_id = models.CharField(max_length=40, default=new_message_id)
    """``webhook-id``: random, and the same each time that it is tried."""
    subject_id = models.UUIDField(null=True)
    """Of one person; of many, who stand in the body alone, nothing."""
    people = models.PositiveSmallIntegerField()
    """How many it is about."""
    body = EncryptedTextField(blank=True)
    """What is sent, byte for byte (``notices``)."""
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)

    WINDOW: ClassVar = timedelta(days=3)
    """How long it is tried; then it is given up."""

    objects = JobQuerySet["ErasureNotice"].as_manager()

    personal_data: ClassVar = PersonalData(
        subject="bots.Subscriber",
        match={"subject_id": "id"},
        holds={"body": Category.IDENTIFIER},
        facts=Category.CONSENT,
        end=Blanked(
            fields={"body": "", "subject_id": None},
            reason="Written when the person is erased; drops both itself once delivered, or after"
            " three days.",
        ),
        export="notices_of_erasure",
        besides={
            "recipient": "Whom the business told.",
            "recipient_name": "The business's own system.",
            "erasure": "The erasure that it tells of.",
            "message_id": "Random.",
        },
    )

    class Meta:
        verbose_name = _("notice of an erasure")
        verbose_name_plural = _("notices of erasures")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["not_before"], name="notice_due", condition=models.Q(finished_at=None)
            ),
            models.Index(fields=["tenant_id", "subject_id"], name="notice_by_subject"),
            models.Index(
                fields=["tenant_id", "finished_at"],
                name="notice_given_up",
                condition=models.Q(state="given_up"),
            ),
        ]

    @property
    def deadline(self) -> datetime:
        """When it is tried for the last time."""
        return self.created_at + self.WINDOW

    def end(self, state: State, error: str = "") -> None:
        """Delivered or given up: what it knew of the person goes."""
        self.state = state
        self.last_error = error[:200]
        self.body, self.subject_id = "", None
        self.finish()
