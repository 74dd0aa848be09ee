"""What held for a person on a day: the last word on each purpose, and not what came later."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from chatbo.foundation.isolation.ids import new_id
from consent.ledger.models import ConsentRecord
from consent.ledger.standing import standing_on
from tests.conftest import Business

ADDRESS = "guest@example.org"
Decision, Purpose = ConsentRecord.Decision, ConsentRecord.Purpose
DAY = datetime.date(2026, 3, 10)


def at(day: datetime.date, hour: int = 12) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))


@pytest.fixture
def guest(record: Callable[..., ConsentRecord]) -> Callable[..., ConsentRecord]:
    person = new_id()

    def recording(day: datetime.date, **more: Any) -> ConsentRecord:
        return record(person_id=person, identifier=ADDRESS, given_at=at(day), **more)

    return recording


def test_the_last_word_on_each_purpose_counts(cafe: Business, guest: Any) -> None:
    with cafe.scope():
        guest(DAY, decision=Decision.GRANTED)
        withdrawn = guest(DAY + datetime.timedelta(days=3), decision=Decision.WITHDRAWN)
        terms = guest(DAY, purpose=Purpose.TERMS)

        found = standing_on(ADDRESS, DAY + datetime.timedelta(days=3))

    assert {each.pk: each.decision for each in found} == {
        withdrawn.pk: Decision.WITHDRAWN,
        terms.pk: Decision.GRANTED,
    }


def test_what_came_later_does_not_count_that_day_counts_whole(cafe: Business, guest: Any) -> None:
    with cafe.scope():
        granted = guest(DAY)
        guest(DAY + datetime.timedelta(days=1), decision=Decision.WITHDRAWN)

        assert [each.pk for each in standing_on(ADDRESS, DAY)] == [granted.pk]
        assert standing_on(ADDRESS, DAY - datetime.timedelta(days=1)) == []


def test_what_was_set_right_does_not_count(cafe: Business, guest: Any) -> None:
    with cafe.scope():
        before = guest(DAY - datetime.timedelta(days=1), decision=Decision.REFUSED)
        wrong = guest(DAY)
        right = guest(DAY, decision=Decision.REFUSED, corrects=wrong)

        (found,) = standing_on(ADDRESS, DAY)

    assert found.pk == right.pk != before.pk
    assert found.decision == Decision.REFUSED


def test_another_person_s_and_another_business_s_records_do_not_count(
    cafe: Business, dentist: Business, guest: Any, record: Any
) -> None:
    with dentist.scope():
        record(person_id=new_id(), identifier=ADDRESS, given_at=at(DAY))
    with cafe.scope():
        record(person_id=new_id(), identifier="other@example.org", given_at=at(DAY))

        assert standing_on(ADDRESS, DAY) == []
