"""What is being taken along from the ledger and takes longer than anybody waits."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.isolation.models import TenantModel
from chatbo.foundation.jobs.models import Job, JobQuerySet
from chatbo.foundation.personal_data import (
    Blanked,
    Category,
    Medium,
    NoPersonalData,
    PersonalData,
    declare_store,
)

declare_store(
    Medium.FILES,
    __name__,
    NoPersonalData("Only drops files; consent.ledger.preparing writes and declares them."),
)

KEPT_FOR = timedelta(days=7)


def a_week_from_now() -> Any:
    return timezone.now() + KEPT_FOR


class ConsentExportQuerySet(JobQuerySet["ConsentExport"]):
    def kept(self) -> Self:
        return self.filter(expires_at__gt=timezone.now())

    def delete(self) -> tuple[int, dict[str, int]]:
        """The files go with their rows, once that is certain; each row in its tenant's scope."""
        files = [(row.tenant_id, row.file) for row in self if row.file]

        def drop_files() -> None:
            for tenant_id, file in files:
                with tenant_scope(tenant_id):
                    default_storage.delete(file)

        transaction.on_commit(drop_files, robust=True)
        return super().delete()


class ConsentExport(TenantModel, Job):
    """One wish for a file with many records, how far it has got, and where the file lies.

    It never is about one person: what somebody asks about one comes at once and lies nowhere. So
    no row here names a data subject, and no file holds who is behind a pseudonym: an erasure
    leaves nothing behind in them that the ledger itself does not keep (Art. 17(3)(e) GDPR).
    """

    class Form(models.TextChoices):
        PROOF = "pdf", _("sealed PDF")
        CSV = "csv", _("table (CSV)")
        JSON_LD = "jsonld", "JSON-LD"
        EVERYTHING = "jsonl", _("everything with its proofs")

    class State(models.TextChoices):
        ASKED = "asked", _("is being prepared")
        READY = "ready", _("ready")
        FAILED = "failed", _("could not be made")

    form = models.CharField(max_length=6, choices=Form)
    asked = models.CharField(max_length=300, blank=True)
    """The filter as an address has it, in one way only (``selecting.Selection``)."""
    language = models.CharField(max_length=5)
    asked_by_id = models.UUIDField(null=True)
    state = models.CharField(max_length=6, choices=State, default=State.ASKED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(default=a_week_from_now)
    file = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    LEASE: ClassVar = timedelta(minutes=2)
    """Between two notes of how far it is; each takes a new one."""

    objects = ConsentExportQuerySet.as_manager()

    audit_target: ClassVar = Target(_("Prepared file"))
    personal_data: ClassVar = PersonalData(
        subject="accounts.User",
        match={"asked_by_id": "id"},
        end=Blanked(fields={"asked_by_id": None}, reason="The file is the business's, for a week."),
        export="exports_of_consents",
        facts=Category.USAGE,
        holds={"language": Category.USAGE},
        besides={
            "asked": "Which records by purpose, decision and time; never a person.",
            "file": "Where it lies.",
            "sha256": "Of the file.",
        },
    )

    class Meta:
        verbose_name = _("export of consents")
        verbose_name_plural = _("exports of consents")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "form", "asked", "language"],
                condition=models.Q(state="asked"),
                name="consent_export_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(finished_at=None),
                name="consent_export_due",
            ),
            models.Index(fields=["tenant_id", "-created_at"], name="consent_export_newest"),
        ]

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0
