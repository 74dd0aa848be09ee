"""Texts in versions, and their approvals. The platform's own: every tenant reads the same."""

import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.statements import Shared, WrittenOnce
from chatbo.foundation.personal_data import (
    Category,
    Kept,
    NoPersonalData,
    PersonalData,
    YearsAfterEndOfYear,
)


class TextVersionQuerySet(models.QuerySet["TextVersion"]):
    def pending(self) -> Self:
        """What waits for a lawyer: the newest of each text, as long as nobody has decided on it."""
        newer = TextVersion.objects.filter(
            key=OuterRef("key"),
            language=OuterRef("language"),
            number__gt=OuterRef("number"),
        )
        return self.filter(~Exists(newer), approvals=None)

    def decided(self) -> Self:
        """Those on which a lawyer has decided, with the last word on each."""
        return self.filter(
            Exists(Approval.objects.filter(version=OuterRef("pk")))
        ).with_last_verdict()

    def with_last_verdict(self) -> Self:
        """With ``verdict`` (``None`` while nobody has decided) and ``decided_at``."""
        last = Approval.objects.filter(version=OuterRef("pk")).order_by("-at", "-id")
        return self.annotate(
            verdict=Subquery(last.values("verdict")[:1]),
            decided_at=Subquery(last.values("at")[:1]),
        )


class TextVersion(models.Model):
    """One text in one language, word for word, as it stood: numbered, dated, hashed.

    Immutable in the database. ``body`` is Markdown with ``{{ placeholders }}``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=60)
    language = models.CharField(max_length=5)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField()
    placeholders = models.JSONField(default=list)
    change = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    submitted_at = models.DateTimeField(auto_now_add=True)

    objects = TextVersionQuerySet.as_manager()

    isolation: ClassVar = Shared("The platform's own texts: every business reads the same.")
    written_once: ClassVar = WrittenOnce()
    audit_target: ClassVar = Target(
        _("Text"),
        named=Concat("title", Value(" v"), "number", output_field=models.TextField()),
    )
    personal_data: ClassVar = NoPersonalData("The platform's own texts.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "language", "number"], name="text_version_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.language}) v{self.number}"

    @property
    def previous(self) -> "TextVersion | None":
        """The version before this one, whatever was decided on it."""
        return TextVersion.objects.filter(
            key=self.key, language=self.language, number=self.number - 1
        ).first()

    @property
    def replaced_at(self) -> datetime.datetime | None:
        """When the next version of the text was approved; ``None`` while this one is in force."""
        replaced: datetime.datetime | None = (
            Approval.objects.filter(
                version__key=self.key,
                version__language=self.language,
                version__number__gt=self.number,
                verdict=Approval.Verdict.APPROVED,
            )
            .order_by("at")
            .values_list("at", flat=True)
            .first()
        )
        return replaced

    def last_word(self) -> "Approval | None":
        """The latest decision on this version; it alone counts."""
        return self.approvals.order_by("-at", "-id").first()


class Approval(models.Model):
    """A lawyer's word on that very version (by its hash). Append-only."""

    class Verdict(models.TextChoices):
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="approvals")
    sha256 = models.CharField(max_length=64)
    verdict = models.CharField(max_length=10, choices=Verdict)
    remark = models.CharField(max_length=500, blank=True)
    lawyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)

    isolation: ClassVar = Shared("Whether a text of the platform may be shown, to anybody.")
    written_once: ClassVar = WrittenOnce()
    personal_data: ClassVar = PersonalData(
        subject="accounts.User",
        match={"lawyer_id": "id"},
        holds={"lawyer_id": Category.CONTRACT, "remark": Category.CONTRACT},
        facts=Category.CONTRACT,
        end=Kept(
            ground=_("proof of who approved a text"),
            law=_("Art. 5(2) GDPR"),
            until=YearsAfterEndOfYear(
                3,
                _("in which the text is replaced"),
                lambda approval: approval.version.replaced_at,
            ),
        ),
        export="approvals",
        besides={"sha256": "Of the text."},
    )
