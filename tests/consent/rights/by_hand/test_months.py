"""Months are counted by the calendar: from the last day of one to the last day of another."""

from datetime import date

import pytest

from consent.rights.by_hand.models import due_after, extended


@pytest.mark.parametrize(
    ("received", "due", "longer"),
    [
        (date(2026, 12, 31), date(2027, 1, 31), date(2027, 3, 31)),
        (date(2027, 1, 31), date(2027, 2, 28), date(2027, 4, 28)),
        (date(2026, 11, 30), date(2026, 12, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2027, 12, 30), date(2028, 2, 29)),
        (date(2026, 10, 15), date(2026, 11, 15), date(2027, 1, 15)),
    ],
)
def test_one_month_and_two_more(received, due, longer):
    assert due_after(received) == due
    assert extended(due) == longer
