"""How many granted, refused and withdrew, week by week (ISO 8601: from Monday on)."""

import datetime
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Count, IntegerField, Value
from django.utils import timezone

from consent.ledger.models import ConsentQuerySet, ConsentRecord

MOST = 26
"""Half a year: as many as can be told apart on a phone."""
DECISIONS = (
    ConsentRecord.Decision.GRANTED,
    ConsentRecord.Decision.REFUSED,
    ConsentRecord.Decision.WITHDRAWN,
)
_A_WEEK = datetime.timedelta(weeks=1)
_A_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Week:
    monday: datetime.date
    counts: dict[str, int]
    """By decision, for each of ``DECISIONS``."""
    is_over: bool
    is_cut: bool
    """Whether only some of its days are within the time that is asked for."""

    @property
    def is_whole(self) -> bool:
        return self.is_over and not self.is_cut

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week

    @property
    def sunday(self) -> datetime.date:
        return self.monday + 6 * _A_DAY

    @property
    def granted(self) -> int:
        return self.counts[ConsentRecord.Decision.GRANTED]

    @property
    def refused(self) -> int:
        return self.counts[ConsentRecord.Decision.REFUSED]

    @property
    def withdrawn(self) -> int:
        return self.counts[ConsentRecord.Decision.WITHDRAWN]


def consents_by_week(
    records: ConsentQuerySet,
    *,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
) -> list[Week]:
    """Count these records, the oldest week first; in the tenant's scope.

    The weeks of the time from ``since`` to ``until``, the last 26 at most; without ``until``, up
    to today's. A week without records is there as well; a time that has not begun has no weeks.
    A record counts in the week in which it was given, by the clock where the reader is. What was
    corrected does not count, its correction does (as in ``standing``); what was merely shown is
    no decision.
    """
    mondays = _mondays(since, until)
    if not mondays:
        return []
    ends = [_begin_of(monday) for monday in [*mondays, mondays[-1] + _A_WEEK]]
    counted = _counted(records, ends)
    today = timezone.localdate()
    return [
        Week(
            monday,
            {decision: counted[place, decision] for decision in DECISIONS},
            is_over=monday + _A_WEEK <= today,
            is_cut=bool((since and since > monday) or (until and until < monday + 6 * _A_DAY)),
        )
        for place, monday in enumerate(mondays, start=1)
    ]


def _mondays(since: datetime.date | None, until: datetime.date | None) -> list[datetime.date]:
    today = timezone.localdate()
    last = min(until, today) if until else today
    if since and since > last:
        return []
    newest = _monday_of(last)
    weeks_ago = (newest - (_monday_of(since) if since else datetime.date.min)) // _A_WEEK
    return [newest - _A_WEEK * back for back in range(min(weeks_ago, MOST - 1), -1, -1)]


def _monday_of(day: datetime.date) -> datetime.date:
    return day - _A_DAY * day.weekday()


def _begin_of(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _counted(records: ConsentQuerySet, ends: list[datetime.datetime]) -> Counter[tuple[int, str]]:
    """By the week's place (from 1 on) and the decision, without what was corrected.

    Few records are: looking these up and taking them off is twice as fast as asking each record
    of half a million whether it was. Each week is a stretch of an index, and counted by itself:
    grouped in one go, the database sorts all of them first.
    """
    decided = records.filter(decision__in=DECISIONS).order_by()
    weeks = [
        decided.filter(given_at__gte=begin, given_at__lt=end)
        .values_list(Value(place, output_field=IntegerField()), "decision")
        .annotate(number=Count("*"))
        for place, (begin, end) in enumerate(pairwise(ends), start=1)
    ]
    first, *others = weeks
    counted: Counter[tuple[int, str]] = Counter()
    for place, decision, number in first.union(*others, all=True):
        counted[place, decision] = number
    corrections = ConsentRecord.objects.exclude(corrects_id=None).values("corrects_id")
    corrected = decided.filter(given_at__gte=ends[0], given_at__lt=ends[-1], pk__in=corrections)
    for given_at, decision in corrected.values_list("given_at", "decision").iterator():
        counted[bisect_right(ends, given_at), decision] -= 1
    return counted
