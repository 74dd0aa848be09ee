"""A hold: which of a person's records a legal claim needs, on what ground, and until when."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.encryption import EncryptedTextField
from chatbo.foundation.isolation.models import TenantModel
from chatbo.foundation.personal_data import Blanked, Category, Kept, PersonalData

LONGEST = 3
"""Years ahead that a hold's date may lie: within them most claims are barred (sec. 195 BGB)."""
LONGEST_REASON = 500
"""Characters."""


@dataclass(frozen=True)
class UntilItsDate:
    """Each row bears its last day itself, ``ends_on``."""

    def ends_on(self, row: Any) -> datetime.date | None:
        last: datetime.date = row.ends_on
        return last + datetime.timedelta(days=1)

    def latest(self, moment: datetime.datetime) -> datetime.date:
        return latest_date(timezone.localdate(moment))

    def words(self) -> str:
        return ngettext(
            "until the date that the business has set, at most %(years)d year ahead",
            "until the date that the business has set, at most %(years)d years ahead",
            LONGEST,
        ) % {"years": LONGEST}


def latest_date(day: datetime.date) -> datetime.date:
    """The last day that a hold may be set to on this day; of 29 February, the 28th."""
    try:
        return day.replace(year=day.year + LONGEST)
    except ValueError:
        return day.replace(year=day.year + LONGEST, day=28)


class Hold(TenantModel):
    """Some of a person's messages, or all, that outlive an erasure (Art. 17(3)(e) GDPR).

    While the person is here, it only names what is held. When they are erased, what the claim
    needs moves in here, encrypted, and nothing of them is left in any other table.
    """

    class Ground(models.TextChoices):
        ESTABLISHING = "establishing", _("to establish a legal claim")
        EXERCISING = "exercising", _("to exercise a legal claim")
        DEFENDING = "defending", _("to defend against a legal claim")

    subscriber_id = models.UUIDField(null=True)
    """Nobody's any more, once they are erased."""
    since = models.DateField(_("messages from"), null=True, blank=True)
    until = models.DateField(_("messages up to"), null=True, blank=True)
    """Both days included; without them, from the first one and up to the last one."""
    ground = models.CharField(_("ground"), max_length=12, choices=Ground)
    reason = EncryptedTextField(_("what the claim is about"))
    ends_on = models.DateField(_("held until"))
    """The last day."""
    set_by_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    warned_at = models.DateTimeField(null=True)
    """When whoever set it was told that it ends soon."""
    taken_at = models.DateTimeField(null=True)
    """When the person was erased, and what is held moved in here."""
    snapshot = EncryptedTextField(blank=True)
    """JSON: ``identifier``, ``platform``, ``bot``, ``messages`` of ``at``, ``direction``,
    ``text``."""

    audit_target: ClassVar = Target(_("Hold for a legal claim"))
    personal_data: ClassVar = (
        PersonalData(
            subject="bots.Subscriber",
            match={"subscriber_id": "id"},
            holds={
                "reason": Category.CONTENT,
                "snapshot": Category.CONTENT,
            },
            end=Kept(
                ground=_("held for a legal claim of the business or against it"),
                law=_("Art. 17(3)(e) GDPR"),
                until=UntilItsDate(),
                names=_("with your identifier"),
                # The claim is the business's: it takes what is held along when it leaves.
                outlives_business=models.Q(pk__in=[]),
            ),
            export="holds",
            besides={"set_by_id": "Who of the business set it."},
        ),
        PersonalData(
            subject="accounts.User",
            match={"set_by_id": "id"},
            end=Blanked(
                fields={"set_by_id": None}, reason="The claim is the business's, until its date."
            ),
            export="holds_set",
            besides={
                "subscriber_id": "Whose records they are: another person's.",
                "reason": "About another person.",
                "snapshot": "Another person's messages.",
            },
        ),
    )

    class Meta:
        verbose_name = _("record held for a legal claim")
        verbose_name_plural = _("records held for a legal claim")
        ordering = ["ends_on", "id"]
        indexes = [
            models.Index(
                fields=["tenant_id", "subscriber_id"],
                name="hold_of_person",
                condition=models.Q(subscriber_id__isnull=False),
            ),
            models.Index(fields=["tenant_id", "ends_on"], name="hold_ends"),
        ]

    def names(self, at: datetime.datetime) -> bool:
        """Whether a message of this moment is among what is held, by the calendar."""
        day = timezone.localdate(at)
        return (not self.since or self.since <= day) and (not self.until or day <= self.until)

    @property
    def days_left(self) -> int:
        return (self.ends_on - timezone.localdate()).days

    @property
    def ends_soon(self) -> bool:
        return self.days_left <= WARN_BEFORE.days

    @property
    def held(self) -> "Held | None":
        """What was taken at the erasure; nothing before it. Raises ``UnreadableError``."""
        return Held.read(self.snapshot) if self.snapshot else None


WARN_BEFORE = datetime.timedelta(days=7)


@dataclass(frozen=True)
class HeldMessage:
    at: datetime.datetime
    direction: str
    text: str | None
    """``None`` where no key opened it when it was taken."""

    @property
    def is_received(self) -> bool:
        return self.direction == "in"


@dataclass(frozen=True)
class Held:
    """What a claim needs of a person who is gone: whom, where, and what was said when."""

    identifier: str
    platform: str
    bot: str
    messages: Sequence[HeldMessage]

    def written(self) -> str:
        messages = [
            {"at": each.at.isoformat(), "direction": each.direction, "text": each.text}
            for each in self.messages
        ]
        return json.dumps({**vars(self), "messages": messages}, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> "Held":
        said = json.loads(text)
        said["messages"] = [
            HeldMessage(parse_datetime(each["at"]), each["direction"], each["text"])  # type: ignore[arg-type]  # as it was written
            for each in said["messages"]
        ]
        return cls(**said)
