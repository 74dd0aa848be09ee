"""The weeks as small charts, one a decision: numbers turned into places, for an SVG.

Across in per cent of the width and down in pixels, so that bars stretch with the page and letters
do not. Each chart has a scale of its own: beside many consents a few withdrawals would vanish.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import format_compact_decimal, format_decimal
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consent.ledger.models import ConsentRecord
from consent.ledger.weeks import DECISIONS, Week

TOP, BASE = 16, 96
"""The uppermost line, with room for its number, and the line on which the bars stand."""
LEFT = 15.0
"""For the scale's numbers."""
WIDEST = 9.0
FEW = 5
"""So many weeks have room for a date each; of more, the months are named."""
APART = 11.0
"""Two names closer than this would run into each other on a phone."""


@dataclass(frozen=True)
class Bar:
    week: Week
    number: str
    slot_x: str
    slot_width: str
    x: str
    width: str
    y: int
    height: int


@dataclass(frozen=True)
class Mark:
    """A word on an axis; ``below``: in a second line under it."""

    at: str
    word: str
    below: str = ""


@dataclass(frozen=True)
class Chart:
    decision: str
    label: str
    total: str
    bars: Sequence[Bar]
    scale: Sequence[Mark]
    names: Sequence[Mark]


def charts_of(weeks: Sequence[Week], *, only: str = "") -> list[Chart]:
    """One for each decision, or ``only`` for this one, in the reader's language.

    None where there is nothing to draw: no week, or nothing in any of them.
    """
    charts = [_chart(decision, weeks) for decision in DECISIONS if weeks and only in ("", decision)]
    return charts if any(bar.height for chart in charts for bar in chart.bars) else []


def rows_of(charts: Sequence[Chart]) -> Sequence[tuple[Week, Sequence[Bar]]]:
    """The same as a table: a week with its bar in each chart, the newest first as in the list."""
    rows = [(bars[0].week, bars) for bars in zip(*(chart.bars for chart in charts), strict=True)]
    return rows[::-1]


def _chart(decision: ConsentRecord.Decision, weeks: Sequence[Week]) -> Chart:
    numbers = [week.counts[decision] for week in weeks]
    top = _round_above(max(numbers))
    slot = (100 - LEFT) / len(weeks)
    width = min(slot * 0.68, WIDEST)
    bars = []
    for place, (week, number) in enumerate(zip(weeks, numbers, strict=True)):
        # What there is can be seen, be it one beside a million.
        height = max(round(number / top * (BASE - TOP)), 2) if number else 0
        begin = LEFT + place * slot
        bars.append(
            Bar(
                week,
                written(number),
                _per_cent(begin),
                _per_cent(slot),
                _per_cent(begin + (slot - width) / 2),
                _per_cent(width),
                BASE - height,
                height,
            )
        )
    halves = ((TOP, top), ((TOP + BASE) // 2, top // 2), (BASE, 0))
    return Chart(
        decision,
        str(decision.label),
        written(sum(numbers)),
        bars,
        [Mark(str(y), shortened(number)) for y, number in halves],
        _names(weeks, slot),
    )


def _round_above(number: int) -> int:
    """The next number that is easily halved: 2, 4, 6, 8, 10, 20, 40 ..."""
    step = 1
    while True:
        for first in (2, 4, 6, 8, 10):
            if first * step >= number:
                return first * step
        step *= 10


def _names(weeks: Sequence[Week], slot: float) -> list[Mark]:
    """Under the axis: each of a few weeks by its Monday, of many the first one of each month."""
    named = [
        (place, week)
        for place, week in enumerate(weeks)
        if len(weeks) <= FEW or place == 0 or week.monday.month != weeks[place - 1].monday.month
    ]
    marks: list[Mark] = []
    year = 0
    for number, (place, week) in enumerate(named):
        after = named[number + 1][0] if number + 1 < len(named) else len(weeks)
        if len(weeks) > FEW and (after - place) * slot < APART:
            continue  # The next name needs the room; the last week's is told beneath the chart.
        below = str(week.monday.year) if week.monday.year != year else ""
        year = week.monday.year
        middle = LEFT + (place + 0.5) * slot
        marks.append(Mark(_per_cent(middle), _name(week.monday, len(weeks) <= FEW), below))
    return marks


def _name(monday: datetime.date, is_day: bool) -> str:
    return date_format(monday, _("j M") if is_day else "M")


def written(number: int) -> str:
    return format_decimal(number, locale=_locale())


def shortened(number: int) -> str:
    """As the language shortens: 120K, 1.2M; German writes thousands out, and 1,2 Mio."""
    short = format_compact_decimal(number, locale=_locale(), fraction_digits=1)
    return written(number) if short.isdecimal() else short


def _locale() -> str:
    return get_language() or "de"


def _per_cent(share: float) -> str:
    """With a point in each language: it is SVG."""
    return f"{share:.2f}%"
