"""A request by hand: what was asked and when, who was made sure of, and what became of it."""

import datetime
from dataclasses import dataclass
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.encryption import EncryptedTextField
from chatbo.foundation.isolation.models import TenantForeignKey, TenantModel
from chatbo.foundation.personal_data import (
    Blanked,
    Category,
    DaysAfter,
    Deleted,
    Kept,
    PersonalData,
    YearsAfterEndOfYear,
)
from consent.erasure.requests import months_after, one_month_after
from tenants.bots.models import Subscriber

WARN_BEFORE = datetime.timedelta(days=7)
LONGEST_TEXT = 1000
"""Characters of each note and reason."""
LONGEST_CONTACT = 300
WORDS_STAY = 30
"""Days after its end for which the notes on a request stay whose person is not stored: so long the
letter can be written once more."""


def due_after(received_on: datetime.date) -> datetime.date:
    """The last day for the answer (Art. 12(3) GDPR)."""
    return one_month_after(received_on)


def extended(due_on: datetime.date) -> datetime.date:
    """Two months more, counted from the end of the first (sec. 190 BGB)."""
    return months_after(due_on, 2)


@dataclass(frozen=True)
class YearsAfterDue(YearsAfterEndOfYear):
    """Of what came on a day, the answer may be due three months after it: in the next year."""

    def latest(self, moment: datetime.datetime) -> datetime.date:
        return super().latest(extended_moment(moment))


def extended_moment(moment: datetime.datetime) -> datetime.datetime:
    day = extended(due_after(timezone.localdate(moment)))
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))


class RightsRequestQuerySet(models.QuerySet["RightsRequest"]):
    def unanswered(self) -> Self:
        return self.filter(closed_on=None)

    def overdue(self) -> Self:
        """Not answered although the law's time is over."""
        return self.unanswered().filter(due_on__lt=timezone.localdate())

    def soon_due(self) -> Self:
        """Not answered, and due within a week or already."""
        return self.unanswered().filter(due_on__lte=timezone.localdate() + WARN_BEFORE)

    def open_first(self) -> Self:
        """What is due first; then what was closed last."""
        return self.order_by(models.F("closed_on").desc(nulls_first=True), "due_on")

    def of_nobody(self) -> Self:
        """Not answered, and nobody was found yet whom they are about."""
        return self.unanswered().filter(about_somebody=False)


class RightsRequest(TenantModel):
    """That somebody asked a business outside the chat, and what became of it (Art. 12 GDPR).

    Once it is answered it names nobody. Who asked, and in which words, stands in ``Particulars``,
    which goes with the person; how to reach them, here alone and until it is answered: after an
    erasure the answer is still to be sent. Which way it may go is in ``transitions``; the
    database refuses any other.
    """

    class Kind(models.TextChoices):
        ACCESS = "access", pgettext_lazy("right", "Copy of the data")
        RECTIFICATION = "rectification", pgettext_lazy("right", "Rectification")
        ERASURE = "erasure", pgettext_lazy("right", "Erasure")
        RESTRICTION = "restriction", pgettext_lazy("right", "Restriction")
        OBJECTION = "objection", pgettext_lazy("right", "Objection")

    class Way(models.TextChoices):
        LETTER = "letter", _("by letter")
        TELEPHONE = "telephone", _("by telephone")
        MAIL = "mail", _("by e-mail")
        IN_PERSON = "in_person", _("in person")
        OTHER = "other", _("in another way")

    class Identity(models.TextChoices):
        ASKED_ID = "asked_id", _("asked for their identifier at the platform")
        CALLED_BACK = "called_back", _("called back under the known number")
        LETTER = "letter", _("by a letter to the known address")
        IN_PERSON = "in_person", _("shown in person")
        CHAT = "chat", _("confirmed in the chat")

    class Ground(models.TextChoices):
        UNFOUNDED = "unfounded", _("manifestly unfounded (Art. 12(5) GDPR)")
        EXCESSIVE = "excessive", _("excessive, repeated above all (Art. 12(5) GDPR)")
        UNIDENTIFIED = (
            "unidentified",
            _("it could not be established who asked (Arts. 11(2), 12(6) GDPR)"),
        )
        EXCEPTION = "exception", _("the law makes an exception (as Arts. 15(4), 17(3), 21(1) GDPR)")

    class Reply(models.TextChoices):
        LETTER = "letter", _("by letter")
        MAIL = "mail", _("by e-mail")
        TELEPHONE = "telephone", _("by telephone")
        IN_PERSON = "in_person", _("in person")
        CHAT = "chat", _("in the chat")

    class Outcome(models.TextChoices):
        """Of what was answered: what is known of it, and so what the letter says."""

        DONE = "done", _("done in ChatBo")
        OUTSIDE = "outside", _("done outside ChatBo, as noted")
        GONE = "gone", _("nothing is stored on the person any more")
        NOBODY = "nobody", _("nobody was found")

    class State(models.TextChoices):
        OPEN = "open", _("open: identity to be checked")
        IN_PROGRESS = "in_progress", _("in progress")
        ANSWERED = "answered", _("answered")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn by the person")

    kind = models.CharField(_("what was asked for"), max_length=13, choices=Kind)
    way = models.CharField(_("how it came"), max_length=9, choices=Way)
    received_on = models.DateField(_("received"))
    due_on = models.DateField(_("answer due by"))
    """The last day."""
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.OPEN)
    about_somebody = models.BooleanField(_("person found"), default=False)
    """Whether somebody was found whom it is about; it stays so when they are erased."""
    done_on = models.DateField(_("first done in ChatBo"), null=True)
    """What was asked for, on the person; for a copy: that the business took it."""
    contact = EncryptedTextField(_("how to reach them"), blank=True)
    """Gone once it is closed."""
    identity = models.CharField(
        _("how the identity was checked"), max_length=11, choices=Identity, blank=True
    )
    identity_on = models.DateField(_("identity checked"), null=True)
    checked_by_id = models.UUIDField(null=True)
    extended_on = models.DateField(_("time extended"), null=True)
    extension_told_on = models.DateField(_("told that it takes longer"), null=True)
    extension_told_by = models.CharField(
        _("how it was told that it takes longer"), max_length=9, choices=Reply, blank=True
    )
    erasure_id = models.UUIDField(null=True)
    """The job that it has begun. No foreign key: that one's row stays anyway."""
    refusal = models.CharField(
        _("ground of the refusal"), max_length=12, choices=Ground, blank=True
    )
    reply = models.CharField(_("how it was answered"), max_length=9, choices=Reply, blank=True)
    outcome = models.CharField(_("what was done"), max_length=7, choices=Outcome, blank=True)
    closed_on = models.DateField(_("closed"), null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    warned_at = models.DateTimeField(null=True)
    """When the business was told that it is due soon."""

    objects = RightsRequestQuerySet.as_manager()

    audit_target: ClassVar = Target(_("Request outside the chat"))
    personal_data: ClassVar = (
        PersonalData(
            subject="bots.Subscriber",
            match={"particulars__subscriber_id": "id"},
            holds={"contact": Category.CONTACT},
            facts=Category.CONSENT,
            end=Kept(
                ground=_("proof that a request was answered, and in time"),
                law=_("Arts. 5(2), 17(3)(e) GDPR, secs. 195, 199 BGB"),
                until=YearsAfterDue(3, _("in which its answer was due"), lambda row: row.due_on),
                names=_("until the answer with how to reach you, then without your name"),
                # The business is who has to prove it: it takes the requests along when it leaves.
                outlives_business=Q(pk__in=[]),
            ),
            export="requests_by_hand",
            besides={"checked_by_id": "Who of the business checked.", "erasure_id": "Its job."},
        ),
        PersonalData(
            subject="accounts.User",
            match={"checked_by_id": "id"},
            end=Blanked(
                fields={"checked_by_id": None}, reason="The request is the business's to prove."
            ),
            export="identities_checked",
            besides={"contact": "Of another person."},
        ),
    )

    class Meta:
        verbose_name = _("request entered by hand")
        verbose_name_plural = _("requests entered by hand")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "in_progress"], closed_on=None)
                | Q(state__in=["answered", "refused", "withdrawn"], closed_on__isnull=False),
                name="rights_request_closed_has_day",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(contact=""),
                name="rights_request_closed_reaches_nobody",
            ),
            models.CheckConstraint(
                condition=Q(identity="", identity_on=None)
                | Q(~Q(identity=""), identity_on__isnull=False, about_somebody=True),
                name="rights_request_check_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_progress") | ~Q(identity=""),
                name="rights_request_begun_is_checked",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered")
                | ~Q(reply="") & (~Q(identity="") | Q(about_somebody=False) | Q(outcome="gone")),
                name="rights_request_answered_is_checked",
            ),
            models.CheckConstraint(
                condition=Q(outcome="")
                | Q(state="answered") & (~Q(outcome="nobody") | Q(about_somebody=False)),
                name="rights_request_outcome_of_answered",
            ),
            models.CheckConstraint(
                condition=Q(extension_told_on=None, extension_told_by="")
                | Q(extension_told_on__isnull=False, extended_on__isnull=False)
                & ~Q(extension_told_by=""),
                name="rights_request_told_of_extension",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(refusal="") & ~Q(reply="")
                | ~Q(state="refused") & Q(refusal=""),
                name="rights_request_refused_says_why",
            ),
            models.CheckConstraint(
                condition=Q(erasure_id=None) | ~Q(identity=""),
                name="rights_request_erases_checked",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "due_on"], name="rights_request_due"),
            models.Index(
                fields=["due_on"],
                name="rights_request_to_warn",
                condition=Q(closed_on=None, warned_at=None),
            ),
        ]

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None

    @property
    def days_left(self) -> int:
        return (self.due_on - timezone.localdate()).days

    @property
    def first_month_ends(self) -> datetime.date:
        """Until then the person has to be told that it takes longer (Art. 12(3) GDPR)."""
        return due_after(self.received_on)

    @property
    def is_extension_untold(self) -> bool:
        return (
            not self.is_closed and self.extended_on is not None and self.extension_told_on is None
        )

    @property
    def is_carried_out(self) -> bool:
        """Whether anything was done because of it, or has begun."""
        return self.erasure_id is not None or self.done_on is not None

    @property
    def may_be_extended(self) -> bool:
        """Once, and within the first month only (Art. 12(3) GDPR)."""
        return not self.is_closed and self.extended_on is None and self.days_left >= 0


class Particulars(TenantModel):
    """Whom a request is about, and what was said of it; all of it goes with the person.

    Where nobody was found, or they are gone, soon after the answer.
    """

    request = TenantForeignKey(RightsRequest, on_delete=models.CASCADE, related_name="particulars")
    subscriber = TenantForeignKey(
        Subscriber, null=True, on_delete=models.CASCADE, related_name="requests_by_hand"
    )
    asked = EncryptedTextField(_("what was asked"), blank=True)
    """Gone once it is closed."""
    identity_note = EncryptedTextField(_("note on the check"), blank=True)
    extension_reason = EncryptedTextField(_("why it takes longer"), blank=True)
    refusal_reason = EncryptedTextField(_("why it is refused"), blank=True)
    how = EncryptedTextField(_("what was done outside ChatBo"), blank=True)

    personal_data: ClassVar = PersonalData(
        subject="bots.Subscriber",
        match={"subscriber_id": "id"},
        holds=dict.fromkeys(
            ("asked", "identity_note", "extension_reason", "refusal_reason", "how"),
            Category.CONTENT,
        ),
        end=Deleted(),
        of_nobody=DaysAfter(
            WORDS_STAY, _("the answer to their request"), lambda row: row.request.closed_on
        ),
        export="particulars_of_requests",
        besides={"request": "The request, which goes out beside them."},
    )

    class Meta:
        verbose_name = _("note on a request entered by hand")
        verbose_name_plural = _("notes on requests entered by hand")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "request"], name="particulars_once")
        ]
