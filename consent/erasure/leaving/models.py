"""The end of a business, and the file that it takes along."""

import base64
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.encryption import EncryptedTextField
from chatbo.foundation.encryption.files import new_file_key
from chatbo.foundation.isolation.ids import new_code
from chatbo.foundation.isolation.listing import Listed
from chatbo.foundation.isolation.models import TenantModel
from chatbo.foundation.jobs.models import Job, JobQuerySet
from chatbo.foundation.personal_data import (
    Category,
    Deleted,
    Kept,
    PersonalData,
    YearsAfterEndOfYear,
)

GRACE = timedelta(days=30)
"""From the wish to the deletion: so long the data can be fetched, and the wish be taken back.
At least thirty days: Art. 25(2)(g) of the Data Act, Regulation (EU) 2023/2854, and our terms."""
REMIND_BEFORE = timedelta(days=7)


def after_grace() -> Any:
    return timezone.now() + GRACE


def new_key() -> str:
    return base64.b64encode(new_file_key()).decode()


class TenantEndingQuerySet(JobQuerySet["TenantEnding"]):
    def failing(self) -> Self:
        """Tried often and in vain: somebody has to look."""
        return self.unfinished().exclude(failed_at=None)


class TenantEnding(TenantModel, Job):
    """That a business leaves ChatBo, and how far that has got. At most one is open.

    Its row outlives the business: it is the proof that the data were returned and deleted. The
    database refuses one whose grace is shorter, and any change of its end (``guard_ending``).
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("end of a business", "can be taken back")
        UNDER_WAY = "under_way", pgettext_lazy("end of a business", "is being carried out")
        DONE = "done", pgettext_lazy("end of a business", "carried out")
        CANCELLED = "cancelled", pgettext_lazy("end of a business", "taken back")

    class Choice(models.TextChoices):
        """Art. 28(3)(g) GDPR."""

        RETURN = "return", _("We want our data back first")
        DELETION = "deletion", _("Deletion is enough")

    code = models.CharField(max_length=32, default=new_code)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    choice = models.CharField(_("choice"), max_length=10, choices=Choice)
    asked_by_id = models.UUIDField(null=True)
    language = models.CharField(max_length=5)
    ends_at = models.DateTimeField(default=after_grace, editable=False)
    left = models.JSONField(default=list)
    """The numbers of the channels whose platforms know nothing of us any more."""
    steps = models.JSONField(default=dict)
    """What is done, each step with its time (``carrying_out.STEPS``)."""
    erasure_id = models.UUIDField(null=True)
    """The erasure of everybody."""
    counts = models.JSONField(default=dict)
    """How many rows went, by model label."""
    kept = models.JSONField(default=dict)
    """How many rows stay on a ground of law, by model label."""
    failed_at = models.DateTimeField(null=True)
    """Since when it is tried in vain; a step that succeeds takes it back."""
    is_told = models.BooleanField(default=False)
    """Whether its members were told before a restored copy forgot it: then nobody is mailed twice.
    """
    certificate = models.JSONField(null=True)
    """What was done, signed by the platform (``certificates``)."""

    LEASE: ClassVar = timedelta(minutes=2)

    objects = TenantEndingQuerySet.as_manager()

    listed: ClassVar = (Listed("ending", lambda row: row.code),)
    audit_target: ClassVar = Target(_("End of the business"))
    personal_data: ClassVar = PersonalData(
        subject="accounts.User",
        match={"asked_by_id": "id"},
        holds={"choice": Category.CONTRACT, "language": Category.USAGE},
        facts=Category.CONTRACT,
        end=Kept(
            ground=_("proof that a business's data were returned and deleted"),
            law=_("Arts. 5(2), 28(3)(g) GDPR"),
            until=YearsAfterEndOfYear(
                3, _("in which the business left"), lambda row: row.finished_at
            ),
        ),
        export="ends_of_businesses",
        besides={
            "code": "Random: opens the certificate.",
            "left": "Numbers of channels.",
            "steps": "Names of steps and their times.",
            "erasure_id": "The erasure of everybody.",
            "counts": "How many rows went.",
            "kept": "How many rows stay.",
            "is_told": "Whether its members know already.",
            "certificate": "Numbers, times and grounds of law, signed.",
        },
    )

    class Meta:
        verbose_name = _("end of a business")
        verbose_name_plural = _("ends of the business")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id"], condition=Q(finished_at=None), name="ending_one_open"
            )
        ]
        indexes = [
            models.Index(fields=["not_before"], name="ending_due", condition=Q(finished_at=None))
        ]

    @property
    def may_be_taken_back(self) -> bool:
        return self.state == self.State.WAITING


class TenantExport(TenantModel, Job):
    """The file with everything of a business that leaves: being made, ready, or failed.

    It is about every one of its people, so each erasure deletes it, file and all, and it is made
    anew without them.
    """

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("file", "is being prepared")
        READY = "ready", pgettext_lazy("file", "ready")
        FAILED = "failed", pgettext_lazy("file", "could not be made")

    state = models.CharField(max_length=6, choices=State, default=State.ASKED)
    language = models.CharField(max_length=5)
    file = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    """Of the file as it is downloaded."""
    key = EncryptedTextField(default=new_key)
    """With which the file is encrypted: without this row it says nothing."""

    LEASE: ClassVar = timedelta(minutes=2)
    """Between two pieces; each takes a new one."""

    objects = JobQuerySet["TenantExport"].as_manager()

    audit_target: ClassVar = Target(_("File with everything"))
    personal_data: ClassVar = PersonalData(
        subject="bots.Subscriber",
        match={"tenant_id": "tenant_id"},
        end=Deleted(),
        export="exports_of_the_business",
        files=("file",),
        besides={
            "language": "Of whoever asked.",
            "file": "Where it lies.",
            "sha256": "Of the file.",
            "key": "Random: the file's key.",
        },
    )

    class Meta:
        verbose_name = _("file with everything of a business")
        verbose_name_plural = _("files with everything")
        constraints = [models.UniqueConstraint(fields=["tenant_id"], name="tenant_export_one")]
        indexes = [
            models.Index(
                fields=["not_before"], name="tenant_export_due", condition=Q(finished_at=None)
            )
        ]
