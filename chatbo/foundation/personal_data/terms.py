"""Until when what is kept is kept: in words for a reader, and as a date for whoever deletes."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils import timezone
from django.utils.translation import ngettext


class Term(Protocol):
    """When the keeping of a row ends."""

    def ends_on(self, row: Any) -> datetime.date | None:
        """The first day on which nothing justifies the row; ``None`` before its time runs."""

    def latest(self, moment: datetime.datetime) -> datetime.date:
        """The last day of keeping, for what happened at this moment at the latest."""

    def words(self) -> str:
        """In the active language, as it stands in an enumeration."""


@dataclass(frozen=True)
class YearsAfterEndOfYear:
    """A number of years from the end of the year in which something happened (sec. 199 BGB).

    ``event``: what, as a noun in the genitive ("of the withdrawal"), translatable.
    ``happened``: of a row, when that was; ``None`` before it has happened.
    """

    years: int
    event: Any
    happened: Callable[[Any], datetime.datetime | datetime.date | None]

    def ends_on(self, row: Any) -> datetime.date | None:
        moment = self.happened(row)
        if moment is None:
            return None
        if isinstance(moment, datetime.datetime):
            moment = timezone.localdate(moment)
        return datetime.date(moment.year + self.years + 1, 1, 1)

    def latest(self, moment: datetime.datetime) -> datetime.date:
        return datetime.date(timezone.localdate(moment).year + self.years, 12, 31)

    def words(self) -> str:
        return ngettext(
            "%(years)d year from the end of the year %(event)s",
            "%(years)d years from the end of the year %(event)s",
            self.years,
        ) % {"years": self.years, "event": self.event}


@dataclass(frozen=True)
class DaysAfter:
    """A number of days after something happened.

    ``event``: what, as it stands after "after" ("the answer"), translatable.
    ``happened``: of a row, on which day that was; ``None`` before it has happened.
    """

    days: int
    event: Any
    happened: Callable[[Any], datetime.date | None]

    def ends_on(self, row: Any) -> datetime.date | None:
        day = self.happened(row)
        return None if day is None else day + datetime.timedelta(days=self.days + 1)

    def latest(self, moment: datetime.datetime) -> datetime.date:
        return timezone.localdate(moment) + datetime.timedelta(days=self.days)

    def words(self) -> str:
        return ngettext(
            "%(days)d day after %(event)s", "%(days)d days after %(event)s", self.days
        ) % {"days": self.days, "event": self.event}
