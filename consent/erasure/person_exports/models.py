"""One wish for all that is held on a person: how far it is, where it lies, who may take it."""

import hmac
import secrets
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.encryption import EncryptedTextField
from chatbo.foundation.isolation import current_tenant_id
from chatbo.foundation.isolation.listing import Listed
from chatbo.foundation.isolation.models import DirectoryEntry, TenantForeignKey, TenantModel
from chatbo.foundation.jobs.models import Job, JobQuerySet
from chatbo.foundation.personal_data import Blanked, Category, Deleted, PersonalData
from tenants.bots.models import Subscriber

KIND = "my-data"
"""Of the directory's entries."""


def new_secret() -> str:
    return secrets.token_hex(32)


class PersonExportQuerySet(JobQuerySet["PersonExport"]):
    def kept(self) -> Self:
        """Those whose file can be taken."""
        return self.filter(state=PersonExport.State.READY, expires_at__gt=timezone.now())

    def delete(self) -> tuple[int, dict[str, int]]:
        """The links go with the rows. (The files: with the erasure, or before.)"""
        DirectoryEntry.objects.filter(
            kind=KIND, tenant_id=current_tenant_id(), target_id__in=self.values("pk")
        ).delete()
        return super().delete()


class PersonExport(TenantModel, Job):
    """A person's data as a file, asked for in the chat or by the business.

    The file has its name before there is one, so that whoever ends the row finds it, whenever a
    worker is killed. It lies encrypted, and its key is here alone: what should be left of it
    without this row can be read by nobody.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("is being prepared")
        READY = "ready", _("ready")
        OVER = "over", _("taken, or its time is over")

    class Way(models.TextChoices):
        CHAT = "chat", _("by a link in the chat")
        DOWNLOAD = "download", _("as a download by the business")

    subscriber = TenantForeignKey(Subscriber, on_delete=models.CASCADE, related_name="exports")
    way = models.CharField(_("given out"), max_length=8, choices=Way)
    asked_by_id = models.UUIDField(null=True)
    """The member who asked; nobody, where the person did."""
    language = models.CharField(max_length=5)
    state = models.CharField(max_length=5, choices=State, default=State.ASKED)
    file = models.CharField(max_length=200)
    secret = EncryptedTextField(blank=True)
    """Of the file's key and the link, which are derived from it; gone with either."""
    size = models.BigIntegerField(default=0)
    """Bytes in plain."""
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    """While the link's file goes out, nobody else gets it."""
    presses = models.PositiveSmallIntegerField(default=0)
    """How often the link's file began to go out."""
    used_at = models.DateTimeField(null=True)
    """When it had gone out whole."""

    objects = PersonExportQuerySet.as_manager()

    # Only the digest is kept where the link leads to the row; it is worthless after 72 hours.
    listed: ClassVar = (Listed(KIND, None),)
    audit_target: ClassVar = Target(_("Copy of a person's data"))
    personal_data: ClassVar = (
        PersonalData(
            subject="bots.Subscriber",
            match={"subscriber_id": "id"},
            holds={"language": Category.USAGE},
            end=Deleted(),
            export="copies_of_data",
            files=("file",),
            besides={
                "secret": "Random: what the file's key and the link are made of.",
                "file": "Where it lies.",
                "asked_by_id": "Who of the business asked.",
            },
        ),
        PersonalData(
            subject="accounts.User",
            match={"asked_by_id": "id"},
            end=Blanked(
                fields={"asked_by_id": None}, reason="The wish is the business's, for three days."
            ),
            export="copies_of_data_asked_for",
            besides={
                "subscriber": "Whose data it is: another person's.",
                "secret": "Opens another person's data.",
                "language": "Of the other person.",
                "file": "Where another person's data lie.",
            },
        ),
    )

    class Meta:
        verbose_name = _("copy of a person's data")
        verbose_name_plural = _("copies of a person's data")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "subscriber", "way"],
                condition=models.Q(state="asked"),
                name="person_export_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["not_before"],
                name="person_export_due",
                condition=models.Q(finished_at=None),
            ),
            models.Index(fields=["tenant_id", "expires_at"], name="person_export_ends"),
        ]

    @property
    def token(self) -> str:
        """What stands in the link: 160 bits that nobody guesses."""
        return self._derived(b"link")[:20].hex()

    @property
    def file_key(self) -> bytes:
        return self._derived(b"file")

    def _derived(self, purpose: bytes) -> bytes:
        return hmac.digest(bytes.fromhex(self.secret), purpose, "sha256")
