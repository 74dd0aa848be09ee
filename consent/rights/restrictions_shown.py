"""Restrictions as a person's page shows them: in force or over, and how the person was told."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from chatbo.foundation.encryption import text_or
from consent.erasure.reasons import why_not_told
from consent.rights.models import Restriction
from tenants.bots.models import Subscriber


@dataclass(frozen=True)
class ShownRestriction:
    row: Restriction

    @property
    def note(self) -> str:
        return text_or(self.row, "note", _unreadable())

    @property
    def told_note(self) -> str:
        return text_or(self.row, "told_note", _unreadable())

    @property
    def why_untold(self) -> str:
        """Why the chat could not tell the person, the last time; empty where it never failed."""
        return why_not_told(self.row.untold) if self.row.untold else ""

    @property
    def untold_at(self) -> datetime | None:
        """Of what was lifted all the same, before that was refused, only that day is known."""
        return self.row.untold_at or self.row.lifted_at


def restrictions_of(
    subscriber: Subscriber,
) -> tuple[ShownRestriction | None, list[ShownRestriction]]:
    """The one in force, also while it is being lifted; and those that are over, newest first."""
    rows = Restriction.objects.filter(subscriber=subscriber).order_by("-created_at", "-pk")
    shown = [ShownRestriction(row) for row in rows]
    current = next((each for each in shown if each.row.finished_at is None), None)
    return current, [each for each in shown if each.row.finished_at is not None]


def _unreadable() -> str:
    return _("This cannot be read at the moment.")
