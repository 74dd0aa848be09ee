"""Texts in versions, and their approvals. The platform's own: every tenant reads the same."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.statements import Shared, WrittenOnce
from chatbo.foundation.personal_data import (
    Category,
    Deleted,
    Kept,
    PersonalData,
    YearsAfterEndOfYear,
)
from consent.texts.effects import Effect

if TYPE_CHECKING:
    from tenants.accounts.models import User

IN_LINE = ("submitted_at", "key", "language")


class TextVersionQuerySet(models.QuerySet["TextVersion"]):
    def pending(self) -> Self:
        """What waits for a lawyer: the newest of each text, as long as nobody has decided on it."""
        newer = TextVersion.objects.filter(
            key=OuterRef("key"), language=OuterRef("language"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(newer), approvals=None)

    def in_line(self) -> Self:
        """What waits, the oldest first."""
        return self.pending().order_by(*IN_LINE)

    def after(self, version: "TextVersion") -> "TextVersion | None":
        """Which of those that wait comes next after this one; after the last, the first."""
        place = tuple(getattr(version, name) for name in IN_LINE)
        waiting = [row for row in self.in_line() if row.pk != version.pk]
        later = (row for row in waiting if tuple(getattr(row, name) for name in IN_LINE) > place)
        return next(later, waiting[0] if waiting else None)

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

    Immutable in the database. ``body`` is Markdown with ``{{ placeholders }}``; ``placeholders``
    declares the kind of each (``placeholders.Kind``). Versions from before the kinds list names.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=60)
    language = models.CharField(max_length=5)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField()
    placeholders = models.JSONField(default=dict)
    change = models.CharField(max_length=500)
    """What changed, in a sentence; ``reason`` says why."""
    reason = models.CharField(max_length=500, blank=True)
    effect = models.CharField(max_length=10, choices=Effect, default=Effect.ASK)
    """What it means for those who know an earlier version."""
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    """Nobody: it came with the product, in ``release``."""
    release = models.CharField(max_length=20, blank=True)
    valid_from = models.DateTimeField(null=True)
    """Empty: from its approval on."""
    valid_until = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64)
    submitted_at = models.DateTimeField(auto_now_add=True)

    objects = TextVersionQuerySet.as_manager()

    isolation: ClassVar = Shared("The platform's own texts: every business reads the same.")
    written_once: ClassVar = WrittenOnce()
    audit_target: ClassVar = Target(
        _("Text"), named=Concat("title", Value(" v"), "number", output_field=models.TextField())
    )
    personal_data: ClassVar = PersonalData(
        subject="accounts.User",
        match={"author_id": "id"},
        holds={"author_id": Category.CONTRACT},
        facts=Category.CONTRACT,
        end=Kept(
            ground=_("proof of who wrote a text"),
            law=_("Art. 5(2) GDPR"),
            until=YearsAfterEndOfYear(
                3, _("in which the text is replaced"), lambda version: version.replaced_at
            ),
        ),
        export="texts",
        besides={
            "key": "Of the text.",
            "language": "Of the text.",
            "title": "The platform's words.",
            "body": "The platform's words.",
            "placeholders": "Of the text.",
            "change": "About the text.",
            "reason": "About the text.",
            "release": "Of the product.",
            "sha256": "Of the text.",
        },
    )

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
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
    def replaced_at(self) -> datetime | None:
        """When the next version of the text was approved; ``None`` while this one is in force."""
        replaced: datetime | None = (
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
        return max(self.approvals.all(), key=lambda said: (said.at, said.pk), default=None)


class Approval(models.Model):
    """A lawyer's word on that very version (by its hash), signed. Append-only.

    ``note`` is the signed record (``approvals.record_of``), ``signer`` the public key. What is
    not genuine (``approvals.is_genuine``) puts nothing in force.
    """

    class Verdict(models.TextChoices):
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        ENDED = "ended", pgettext_lazy("of a text", "validity ends")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="approvals")
    sha256 = models.CharField(max_length=64)
    verdict = models.CharField(max_length=10, choices=Verdict)
    remark = models.CharField(max_length=500, blank=True)
    lawyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True)
    """When a validity ends that was said to end."""
    note = models.TextField(blank=True)
    signer = models.CharField(max_length=400, blank=True)

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
                3, _("in which the text is replaced"), lambda approval: approval.version.replaced_at
            ),
        ),
        export="approvals",
        besides={
            "sha256": "Of the text.",
            "note": "The same facts once more, signed.",
            "signer": "The platform's key.",
        },
    )

    def stands_at(self, moment: datetime) -> bool:
        """Whether the version may be used then, as far as this word goes."""
        if self.verdict == Approval.Verdict.ENDED:
            return self.ends_at is not None and moment < self.ends_at
        return self.verdict == Approval.Verdict.APPROVED


class TextDraftQuerySet(models.QuerySet["TextDraft"]):
    def of(self, author: "User") -> Self:
        """An author's own, the one worked on last first. Nobody reads another's."""
        return self.filter(author=author).select_related("base").order_by("-updated_at", "-id")


class TextDraft(models.Model):
    """A text being written: its author's alone, and no version before it is submitted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    base = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="+")
    """The version it is made from; key and language are its."""
    title = models.CharField(_("Title"), max_length=200)
    body = models.TextField(_("Text"))
    change = models.CharField(_("What changes"), max_length=500, blank=True)
    reason = models.CharField(_("Why"), max_length=500, blank=True)
    effect = models.CharField(
        _("Those who know an earlier version"), max_length=10, choices=Effect, blank=True
    )
    valid_from = models.DateTimeField(_("Valid from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("Valid until"), null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TextDraftQuerySet.as_manager()

    isolation: ClassVar = Shared("Drafts of the platform's own texts; no page shows another's.")
    personal_data: ClassVar = PersonalData(
        subject="accounts.User",
        match={"author_id": "id"},
        holds={"author_id": Category.CONTRACT},
        facts=Category.CONTRACT,
        end=Deleted(),
        export="drafts",
        besides=dict.fromkeys(("title", "body", "change", "reason"), "The platform's words."),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "base"], name="text_draft_once_a_base")
        ]
