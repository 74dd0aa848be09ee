"""Granted, refused and withdrawn by week: what counts, where, and for whom."""

import datetime
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from chatbo.foundation.isolation.ids import new_id
from consent.ledger.models import ConsentQuerySet, ConsentRecord
from consent.ledger.week_charts import charts_of, shortened
from consent.ledger.weeks import MOST, Week, consents_by_week
from tests.conftest import Business

Decision, Purpose = ConsentRecord.Decision, ConsentRecord.Purpose
BERLIN = ZoneInfo("Europe/Berlin")
A_WEDNESDAY = datetime.datetime(2026, 3, 11, 12, tzinfo=BERLIN)


def at(day: str, clock: str = "12:00") -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def on_a_wednesday():
    with time_machine.travel(A_WEDNESDAY, tick=False):
        yield


def told(weeks: list[Week]) -> dict[str, tuple[int, int, int]]:
    """Those with anything in them, by their Monday."""
    return {
        str(week.monday): (week.granted, week.refused, week.withdrawn)
        for week in weeks
        if any(week.counts.values())
    }


def all_of(cafe: Business, **period: datetime.date) -> dict[str, tuple[int, int, int]]:
    with cafe.scope():
        return told(consents_by_week(ConsentRecord.objects.all(), **period))


def test_each_decision_counts_in_its_week_and_what_was_only_shown_in_none(cafe, record):
    with cafe.scope():
        for decision in (*Decision, Decision.GRANTED):
            record(decision=decision, given_at=at("2026-03-10"))
        record(decision=Decision.REFUSED, given_at=at("2026-02-25"))

    assert all_of(cafe) == {"2026-02-23": (0, 1, 0), "2026-03-09": (2, 1, 1)}


def test_half_a_year_is_shown_to_today_and_weeks_without_anything_too(cafe, record):
    with cafe.scope():
        for day in ("2025-09-14", "2025-09-15"):
            record(given_at=at(day))
        weeks = consents_by_week(ConsentRecord.objects.all())

    assert len(weeks) == MOST
    assert (weeks[0].monday, weeks[-1].monday) == (
        datetime.date(2025, 9, 15),
        datetime.date(2026, 3, 9),
    )
    assert told(weeks) == {"2025-09-15": (1, 0, 0)}
    assert [week.is_over for week in weeks] == [True] * (MOST - 1) + [False]


def test_a_week_ends_on_sunday_at_midnight_where_the_reader_is(cafe, record):
    with cafe.scope():
        record(given_at=at("2026-03-01", "23:30"))  # Sunday, in UTC as well
        record(given_at=at("2026-03-02", "00:30"))  # Monday, in UTC still Sunday

    assert all_of(cafe) == {"2026-02-23": (1, 0, 0), "2026-03-02": (1, 0, 0)}
    with timezone.override("UTC"):
        assert all_of(cafe) == {"2026-02-23": (2, 0, 0)}


def test_the_week_in_which_the_clocks_change_has_all_its_hours(cafe, record):
    with cafe.scope():
        record(given_at=at("2025-10-26", "23:30"))
        record(given_at=at("2025-10-27", "00:00"))

    assert all_of(cafe) == {"2025-10-20": (1, 0, 0), "2025-10-27": (1, 0, 0)}


def test_the_53rd_week_of_a_year_holds_days_of_the_next_one(cafe, record):
    with time_machine.travel(at("2027-01-06"), tick=False), cafe.scope():
        for day in ("2026-12-31", "2027-01-03", "2027-01-04"):
            record(given_at=at(day))
        weeks = consents_by_week(ConsentRecord.objects.all())

    assert [(week.number, week.granted) for week in weeks[-3:]] == [(52, 0), (53, 2), (1, 1)]


def test_what_was_corrected_does_not_count_and_its_correction_counts_once(cafe, record):
    with cafe.scope():
        wrong = record(decision=Decision.REFUSED, given_at=at("2026-03-03"))
        for _ in range(2):
            record(decision=Decision.GRANTED, given_at=at("2026-03-03"), corrects=wrong)
        elsewhere = record(given_at=at("2026-03-04"))
        record(given_at=at("2026-03-04"), purpose=Purpose.TERMS, corrects=elsewhere)
        newsletter = ConsentRecord.objects.filter(purpose=Purpose.NEWSLETTER)

        assert told(consents_by_week(newsletter)) == {"2026-03-02": (2, 0, 0)}
    assert all_of(cafe) == {"2026-03-02": (3, 0, 0)}


@pytest.mark.parametrize(
    ("narrow", "found"),
    [
        (lambda all_: all_.filter(purpose=Purpose.CHAT), {"2026-03-09": (0, 1, 0)}),
        (lambda all_: all_.filter(source="bot"), {"2026-03-09": (0, 1, 0)}),
        (lambda all_: all_.filter(decision="granted"), {"2026-03-09": (1, 0, 0)}),
        (lambda all_: all_.filter(decision="shown"), {}),
        (lambda all_: all_.about("guest@example.org"), {"2026-03-09": (1, 0, 0)}),
        (lambda all_: all_.about("nobody@example.org"), {}),
    ],
)
def test_only_the_records_that_are_asked_for_count(
    cafe: Business,
    record: Callable[..., ConsentRecord],
    narrow: Callable[[ConsentQuerySet], ConsentQuerySet],
    found: dict[str, tuple[int, int, int]],
) -> None:
    with cafe.scope():
        record(given_at=at("2026-03-10"), person_id=new_id(), identifier="guest@example.org")
        record(
            given_at=at("2026-03-10"),
            purpose=Purpose.CHAT,
            source=ConsentRecord.Source.BOT,
            decision=Decision.REFUSED,
        )

        assert told(consents_by_week(narrow(ConsentRecord.objects.all()))) == found


@pytest.mark.parametrize(
    ("since", "until", "first", "last", "number"),
    [
        ("2026-02-18", "2026-03-03", "2026-02-16", "2026-03-02", 3),
        ("2026-03-11", None, "2026-03-09", "2026-03-09", 1),
        ("2020-01-01", "2021-01-01", "2020-07-06", "2020-12-28", MOST),
        (None, "2021-01-01", "2020-07-06", "2020-12-28", MOST),
        (None, "2999-01-01", "2025-09-15", "2026-03-09", MOST),
        ("0001-01-01", "0001-01-09", "0001-01-01", "0001-01-08", 2),
        (None, "0001-01-03", "0001-01-01", "0001-01-01", 1),
        (None, "9999-12-31", "2025-09-15", "2026-03-09", MOST),
    ],
)
def test_a_period_has_its_weeks_up_to_26_from_its_end(cafe, since, until, first, last, number):
    asked = {
        name: datetime.date.fromisoformat(day)
        for name, day in (("since", since), ("until", until))
        if day
    }
    with cafe.scope():
        weeks = consents_by_week(ConsentRecord.objects.all(), **asked)

    assert [str(weeks[0].monday), str(weeks[-1].monday), len(weeks)] == [first, last, number]


def test_a_week_that_the_period_cuts_says_so(cafe):
    period = {"since": datetime.date(2026, 2, 18), "until": datetime.date(2026, 3, 3)}
    with cafe.scope():
        weeks = consents_by_week(ConsentRecord.objects.all(), **period)

    assert [week.is_cut for week in weeks] == [True, False, True]
    assert [week.is_whole for week in weeks] == [False, True, False]


@pytest.mark.parametrize(
    ("since", "until"), [("2026-03-12", None), ("9999-12-31", None), ("2026-03-02", "2026-03-01")]
)
def test_a_time_that_is_none_has_no_weeks(cafe, since, until):
    with cafe.scope():
        assert not consents_by_week(
            ConsentRecord.objects.all(),
            since=datetime.date.fromisoformat(since),
            until=datetime.date.fromisoformat(until) if until else None,
        )


def test_the_neighbours_records_never_count(cafe, dentist, record):
    with dentist.scope():
        theirs = record(given_at=at("2026-03-10"))
    with cafe.scope():
        record(given_at=at("2026-03-10"))
        record(given_at=at("2026-03-10"), corrects=theirs)

    assert all_of(cafe) == {"2026-03-09": (2, 0, 0)}
    assert all_of(dentist) == {"2026-03-09": (1, 0, 0)}


def test_more_weeks_are_counted_by_no_more_questions(cafe, recorded, django_assert_num_queries):
    recorded(cafe, 3)
    with cafe.scope(), django_assert_num_queries(2):
        consents_by_week(ConsentRecord.objects.all())


@pytest.mark.parametrize(
    ("numbers", "top", "heights"),
    [
        ([0, 1, 2], 2, [0, 40, 80]),
        ([3, 1], 4, [60, 20]),
        ([7, 0], 8, [70, 0]),
        ([1_000_000, 1], 1_000_000, [80, 2]),
        ([1_000_001, 0], 2_000_000, [40, 0]),
    ],
)
def test_bars_are_as_high_as_their_numbers_and_nothing_that_is_there_is_hidden(
    numbers, top, heights
):
    first = datetime.date(2026, 3, 2)
    weeks = [
        Week(
            first + datetime.timedelta(weeks=place),
            {**dict.fromkeys(Decision.values, 0), "granted": number},
            is_over=True,
            is_cut=False,
        )
        for place, number in enumerate(numbers)
    ]
    chart = charts_of(weeks)[0]

    assert [bar.height for bar in chart.bars] == heights
    assert all(bar.y + bar.height == 96 for bar in chart.bars)
    assert chart.scale[0].word == shortened(top)


@pytest.mark.parametrize(
    ("number", "german", "english"),
    [(999, "999", "999"), (12_000, "12.000", "12K"), (1_200_000, "1,2\xa0Mio.", "1.2M")],
)
def test_big_numbers_are_shortened_as_the_language_does(number, german, english):
    with translation.override("de"):
        assert shortened(number) == german
    with translation.override("en"):
        assert shortened(number) == english
