"""Asking to be forgotten."""

from datetime import UTC, datetime

import pytest

from chatbo.foundation.isolation import directory
from consent.erasure.models import Erasure
from consent.erasure.requests import one_month_after, request_erasure

Origin = Erasure.Origin


def test_asking_is_a_row_before_it_is_a_call(cafe, person, queue, commit):
    with commit():
        with cafe.scope():
            erasure = request_erasure(person.subscriber, origin=Origin.BOT)
        assert queue == []

    assert erasure.state == Erasure.State.REQUESTED
    assert queue == [("erasure.carry_out", str(cafe.tenant.pk), str(erasure.pk))]


def test_asking_twice_is_asking_once(cafe, person, queue, commit):
    with commit(), cafe.scope():
        first = request_erasure(person.subscriber, origin=Origin.BOT)
        second = request_erasure(person.subscriber, origin=Origin.TENANT)

    assert second == first
    assert second.origin == Origin.BOT
    assert len(queue) == 1


def test_whoever_holds_the_code_finds_the_tenant(cafe, person):
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Origin.BOT)

    assert directory.find("erasure", erasure.code).target_id == erasure.pk


def test_another_tenant_cannot_ask_for_it(dentist, person):
    with pytest.raises(type(person.subscriber).DoesNotExist), dentist.scope():
        request_erasure(person.subscriber, origin=Origin.TENANT)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ((2026, 1, 15), (2026, 2, 15)),
        ((2026, 1, 31), (2026, 2, 28)),
        ((2028, 1, 31), (2028, 2, 29)),
        ((2026, 12, 24), (2027, 1, 24)),
        ((2026, 5, 31), (2026, 6, 30)),
    ],
)
def test_the_law_gives_a_month(asked, due):
    assert one_month_after(datetime(*asked, tzinfo=UTC)) == datetime(*due, tzinfo=UTC)
