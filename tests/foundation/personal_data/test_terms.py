"""Until when something is kept: a day that can be computed, and words for it."""

import datetime
from typing import Any

import pytest
from django.utils import timezone, translation

from chatbo.foundation.personal_data import YearsAfterEndOfYear

THREE = YearsAfterEndOfYear(3, "of the deed", lambda row: row)


@pytest.mark.parametrize(
    ("happened", "ends"),
    [
        (datetime.date(2026, 1, 1), datetime.date(2030, 1, 1)),
        (datetime.date(2026, 12, 31), datetime.date(2030, 1, 1)),
        # In Berlin it is the new year already: the year of the reader's calendar counts.
        (datetime.datetime(2026, 12, 31, 23, 30, tzinfo=datetime.UTC), datetime.date(2031, 1, 1)),
        (None, None),
    ],
)
def test_three_years_begin_with_the_end_of_the_year(happened: Any, ends: Any) -> None:
    with timezone.override("Europe/Berlin"):
        assert THREE.ends_on(happened) == ends


def test_one_year_and_several_are_said_differently() -> None:
    one = YearsAfterEndOfYear(1, "of the deed", lambda row: row)
    with translation.override("en"):
        assert one.words() == "1 year from the end of the year of the deed"
        assert THREE.words() == "3 years from the end of the year of the deed"
