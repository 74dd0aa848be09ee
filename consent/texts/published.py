"""Each published version has an address of its own: who agreed to one can read it for ever."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consent.texts.approvals import lets_use
from consent.texts.errors import NotApprovedError
from consent.texts.models import Approval, TextVersion
from consent.texts.versions import decisions_on
from consent.texts.ways import approved_first


@dataclass(frozen=True)
class Published:
    """A version that a lawyer has approved once, and what became of it."""

    version: TextVersion
    since: datetime
    """From when on it held: its approval, or the later day that it names."""
    is_in_force: bool
    is_withdrawn: bool

    @property
    def is_to_come(self) -> bool:
        return not self.is_in_force and not self.is_withdrawn and self.since > timezone.now()


def published(key: str, language: str, number: int) -> Published:
    """Raises ``NotApprovedError`` for what was never approved: that is nobody's to read."""
    now = timezone.now()
    decided = decisions_on(key, language)
    in_force = next((v for v, words in decided if lets_use(words[-1], at=now)), None)
    for version, words in decided:
        approved = approved_first(words)
        if version.number == number and approved is not None:
            return Published(
                version,
                max(approved[0], version.valid_from or approved[0]),
                version == in_force,
                words[-1].verdict == Approval.Verdict.REJECTED,
            )
    raise NotApprovedError(key, language)


def address_of(version: TextVersion) -> str:
    """Where exactly this version is read, whatever holds by then."""
    page = reverse("legal", args=[version.key])
    return f"{page}?lang={version.language}&version={version.number}"


def named(version: TextVersion) -> str:
    """By title, number and day, in its own language: "Terms of use, version 3 of 1 May 2026"."""
    found = published(version.key, version.language, version.number)
    with translation.override(version.language):
        return _("%(title)s, version %(number)s of %(day)s") % {
            "title": version.title,
            "number": version.number,
            "day": date_format(timezone.localtime(found.since), "DATE_FORMAT"),
        }
