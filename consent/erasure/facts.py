"""What readers are shown of an erasure: in plain words, and in the language that is active."""

from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.erasure.certificates.checking import examine
from consent.erasure.certificates.kinds import Examined, Standing
from consent.erasure.models import WARN_BEFORE, Erasure
from consent.erasure.words import KeptInWords, counted, kept_as_signed

State = Erasure.State
Step = dict[str, object]
"""As ``elements/timeline.html`` takes it."""


@dataclass(frozen=True)
class Facts:
    """One erasure, for whoever may see it. In its tenant's scope."""

    erasure: Erasure

    @cached_property
    def examined(self) -> Examined:
        return examine(self.erasure)

    @property
    def is_live(self) -> bool:
        """Whether something can still change, so that the page asks again."""
        return self.erasure.finished_at is None

    @property
    def progress(self) -> str:
        """Of many people, how many are gone; of one, nothing."""
        if not self.erasure.is_of_many or self.erasure.deleted_at:
            return ""
        return ngettext(
            "%(done)s of %(total)s person deleted",
            "%(done)s of %(total)s people deleted",
            self.erasure.total,
        ) % {"done": intcomma(self.erasure.done), "total": intcomma(self.erasure.total)}

    @property
    def is_stuck(self) -> bool:
        return self.is_live and self.erasure.failed_at is not None

    @property
    def is_put_off(self) -> bool:
        """Whether a try was in vain and the next one waits for its time."""
        return self.is_live and bool(self.erasure.last_error) and not self.is_stuck

    @property
    def due_in_words(self) -> str:
        """How long the law still grants, for what is not deleted yet."""
        if self.is_overdue:
            return _("overdue")
        days = (timezone.localdate(self.erasure.due_at) - timezone.localdate()).days
        if days == 0:
            return _("today")
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}

    @property
    def is_overdue(self) -> bool:
        return self.erasure.deleted_at is None and self.erasure.due_at < timezone.now()

    @property
    def is_soon_due(self) -> bool:
        is_close = self.erasure.due_at < timezone.now() + WARN_BEFORE
        return self.erasure.deleted_at is None and is_close

    @property
    def is_changed(self) -> bool:
        """Whether somebody changed it past the product: then no number here is to be believed."""
        return self.examined.is_changed

    @property
    def has_certificate(self) -> bool:
        return self.examined.standing == Standing.GENUINE

    @property
    def counts(self) -> list[tuple[str, int]]:
        return counted(self.erasure.counts)

    @cached_property
    def kept(self) -> list[KeptInWords]:
        """As the certificate has it; nothing where there is none that is genuine."""
        certificate = self.examined.certificate
        return kept_as_signed(certificate.kept) if certificate else []

    @property
    def steps(self) -> list[Step]:
        return steps_of(self.erasure)


def facts_of(erasure: Erasure) -> Facts:
    return Facts(erasure)


def steps_of(erasure: Erasure) -> list[Step]:
    """How far it has got, each step with its time, and what is next."""
    steps: list[Step] = [
        {"at": erasure.created_at, "title": _("Deletion requested"), "icon": "message"}
    ]
    if erasure.tombstoned_at:
        steps.append(
            {
                "at": erasure.tombstoned_at,
                "title": _("Protected against restored backups"),
                "text": _("Noted outside the database, so that no backup brings anything back."),
                "icon": "shield-check",
            }
        )
    if erasure.deleted_at:
        steps.append({"at": erasure.deleted_at, "title": _("Everything deleted"), "tone": "good"})
    if erasure.deleted_at and erasure.files:
        steps.append({"title": _("Files are being removed"), "icon": "refresh"})
    return [*steps, *_telling_steps(erasure)]


def _telling_steps(erasure: Erasure) -> list[Step]:
    if erasure.state == State.DELETED and not erasure.is_of_many:
        return [{"title": _("Being confirmed in the chat"), "icon": "refresh"}]
    if erasure.state == State.TOLD:
        return [{"at": erasure.told_at, "title": _("Confirmed in the chat"), "tone": "good"}]
    if erasure.state == State.UNTOLD:
        return [
            {
                "at": erasure.finished_at,
                "title": _("The confirmation could not be delivered"),
                "text": _("The deletion itself is complete."),
                "tone": "bad",
            }
        ]
    return []
