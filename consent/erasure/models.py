"""Erasures: jobs that outlive the person they are about, and name nobody."""

from datetime import timedelta
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.encryption import BlindIndexField, EncryptedTextField
from chatbo.foundation.isolation.ids import new_code, new_id
from chatbo.foundation.isolation.listing import Listed
from chatbo.foundation.isolation.models import TenantModel
from chatbo.foundation.isolation.statements import Shared, WrittenOnce
from chatbo.foundation.jobs.models import Job, JobQuerySet
from chatbo.foundation.personal_data import (
    Blanked,
    Category,
    NoPersonalData,
    PersonalData,
)
from tenants.bots.models import Channel, Subscriber

WARN_BEFORE = timedelta(days=7)
"""How long before an erasure is due it becomes an alarm."""


class ErasurePolicy(models.Model):
    """What is deleted and what is kept of one kind of person, under the hash of its words."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sha256 = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    """``form``, ``subject`` and ``ends``, see ``consent.erasure.policy``."""

    isolation: ClassVar = Shared("What ChatBo deletes and keeps: the same for every business.")
    written_once: ClassVar = WrittenOnce()
    personal_data: ClassVar = NoPersonalData("Names of tables and grounds of law.")


class KnownTombstone(models.Model):
    """An entry of the tombstones outside (``tombstones``) that this database knows of."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    noted_at = models.DateTimeField(default=timezone.now)
    """When who it is about was gone from here: a backup of earlier may hold them."""

    isolation: ClassVar = Shared("Names of files; they are asked for before anybody is served.")
    personal_data: ClassVar = NoPersonalData("Names of files; each has an erasure's number.")

    class Meta:
        indexes = [models.Index(fields=["noted_at"], name="tombstone_noted")]


class ErasureQuerySet(JobQuerySet["Erasure"]):
    def overdue(self) -> Self:
        """Not carried out although the law's month is over."""
        return self.filter(deleted_at=None, due_at__lt=timezone.now())

    def soon_due(self) -> Self:
        """Not carried out, and due within a week or already."""
        return self.filter(deleted_at=None, due_at__lt=timezone.now() + WARN_BEFORE)

    def failing(self) -> Self:
        """Tried often and in vain: somebody has to look."""
        return self.unfinished().exclude(failed_at=None)


class Erasure(TenantModel, Job):
    """A wish to be forgotten at one business, and how far it has got (Art. 17 GDPR).

    Of one person, by the number of their row; or of many, by what selects them. The address for
    the last message is held here alone, used once after the deletion is committed, then dropped.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        DELETED = "deleted", _("deleted, the person is being told")
        TOLD = "told", _("deleted and told")
        UNTOLD = "untold", _("deleted, the person could not be told")
        DONE = "done", _("deleted")
        """Nobody had asked to be told."""

    class Origin(models.TextChoices):
        BOT = "bot", _("in the chat")
        TENANT = "tenant", _("by you")
        BY_HAND = "by_hand", _("by letter, telephone, mail or in person")
        PLATFORM = "platform", _("through the platform")
        META = "meta", _("through Meta")
        RETENTION = "retention", _("retention period")
        ENDING = "ending", _("end of the contract")

    code = models.CharField(max_length=32, default=new_code)
    state = models.CharField(max_length=12, choices=State, default=State.REQUESTED)
    origin = models.CharField(max_length=12, choices=Origin)
    request_id = models.UUIDField(null=True)
    """The platform's request that this is a part of (``ErasureRequest``)."""
    # The database refuses to delete a policy as it is.
    policy = models.ForeignKey(
        ErasurePolicy, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    """What was promised when it was asked for."""
    subject_id = models.UUIDField(null=True)
    selection = models.JSONField(default=dict)
    """Of many, who have no number here: what selects them (``selecting``)."""
    total = models.PositiveIntegerField(default=1)
    done = models.PositiveIntegerField(default=0)
    """How many people this is about, and how many of them are gone."""
    subject_index = BlindIndexField(
        purpose="subscriber",
        value=lambda row: f"{row.channel_id}:{row.address}" if row.address else "",
        blank=True,
    )
    """Recognises the person's late messages until told; dropped with the address."""
    channel_id = models.UUIDField(null=True)
    address = EncryptedTextField(blank=True)
    language = models.CharField(max_length=5, default="de")
    counts = models.JSONField(default=dict)
    """How many rows went, by model label."""
    kept = models.JSONField(default=dict)
    """How many rows stay on a ground of law, by model label."""
    claim_until = models.DateField(null=True)
    """The last day on which something of them is held for a legal claim; else nothing."""
    files = models.JSONField(default=list)
    """Files of rows that are gone: they go next."""
    certificate = models.JSONField(null=True)
    """What was done, signed by the platform (``certificates``)."""
    due_at = models.DateTimeField()
    tombstoned_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    """Since when it is tried in vain, after many tries; a try that succeeds takes it back."""
    warned_at = models.DateTimeField(null=True)
    """When the alarm was raised that it is due soon."""

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
        withheld={"subject_index": _("A keyed digest of the identifier, which is given out.")},
        facts=Category.CONSENT,
        end=Blanked(
            fields={"address": "", "subject_index": ""},
            reason="The job tells the person after the deletion and drops the address itself.",
        ),
        export="erasures",
        besides={
            "channel_id": "Where they are told: the business's own.",
            "counts": "How many rows went.",
            "kept": "How many rows stay.",
            "files": "Names of files: random numbers.",
            "selection": "Of many people: bots and times, or the numbers of rows.",
            "certificate": "Numbers, times and grounds of law, signed.",
            "request_id": "The request that it is a part of.",
        },
    )

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "subject_id"],
                condition=models.Q(finished_at=None),
                name="erasure_one_under_way",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "-created_at"], name="erasure_newest"),
            models.Index(fields=["tenant_id", "code"], name="erasure_by_code"),
            models.Index(
                fields=["due_at"], name="erasure_not_done", condition=models.Q(deleted_at=None)
            ),
            models.Index(
                fields=["not_before"], name="erasure_due", condition=models.Q(finished_at=None)
            ),
        ]

    def subject(self, *, locked: bool = False) -> Subscriber | None:
        """Whom it is about, while anything is stored on them."""
        if self.subject_id is None:
            return None
        people = Subscriber.objects.filter(pk=self.subject_id)
        return (people.select_for_update() if locked else people).first()

    def channel(self) -> Channel | None:
        """Where the person is told, while it is connected."""
        if self.channel_id is None:
            return None
        return Channel.objects.filter(pk=self.channel_id).first()

    @property
    def is_of_many(self) -> bool:
        return self.subject_id is None

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 100


from consent.erasure.accounts.models import (  # noqa: E402, F401 (Django finds it here)
    AccountEnding,
)
from consent.erasure.holds.models import Hold  # noqa: E402, F401 (Django finds it here)
from consent.erasure.leaving.models import (  # noqa: E402, F401 (Django finds them here)
    TenantEnding,
    TenantExport,
)
from consent.erasure.never_back.models import (  # noqa: E402, F401 (Django finds them here)
    KnownWord,
    Replay,
)
from consent.erasure.person_exports.models import (  # noqa: E402, F401 (Django finds it here)
    PersonExport,
)
from consent.erasure.recipients.models import (  # noqa: E402, F401 (Django finds them here)
    ErasureNotice,
    Recipient,
)
from consent.erasure.request_models import (  # noqa: E402, F401 (Django finds it here)
    ErasureRequest,
)
from consent.erasure.scan_models import (  # noqa: E402, F401 (Django finds it here)
    CompletenessScan,
)
