"""Whoever is erased, of them nothing stays outside that was said about what goes with them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatbo.foundation import outside
from consent.erasure.holds.holding import set_hold
from consent.erasure.holds.models import Hold
from consent.erasure.models import Erasure
from consent.erasure.never_back import words
from consent.erasure.never_back.models import KnownWord
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import carry_out, drop_tombstones
from consent.rights.models import Restriction
from consent.rights.restricting import restrict
from tenants.bots.models import Subscriber
from tests.consent.erasure.never_back.test_words import confirmed, forget, lying


@pytest.fixture
def restricted(cafe: Any, person: Any, commit: Any) -> Restriction:
    return restriction_of(person.subscriber, cafe, commit)


def restriction_of(someone: Subscriber, cafe: Any, commit: Any) -> Restriction:
    with commit(), cafe.scope():
        ground = Restriction.Ground.CLAIMS
        return restrict(someone, ground=ground, note="A claim.", by=cafe.owner)


def erase(cafe: Any, someone: Subscriber) -> None:
    with cafe.scope():
        erasure = request_erasure(someone, origin=Erasure.Origin.BOT)
    carry_out(str(cafe.tenant.pk), str(erasure.pk))


def test_what_was_said_about_a_restriction_goes_with_the_erasure(cafe, person, restricted, commit):
    with cafe.scope():
        other = Subscriber.objects.create(channel=person.channel, external_id="somebody else")
    (gone,) = lying()
    restriction_of(other, cafe, commit)

    with commit():
        erase(cafe, person.subscriber)

    (left,) = lying()
    assert left != gone
    assert confirmed() == [left + words.CONFIRMED]
    assert words.unknown() == []


def test_killed_right_after_the_commit_it_goes_within_a_day(cafe, person, restricted):
    erase(cafe, person.subscriber)  # Nothing that waits for the commit is run in this test.
    assert len(lying()) == len(confirmed()) == 1

    drop_tombstones()

    assert lying() == confirmed() == []
    assert not KnownWord.objects.exists()


def test_a_hold_that_outlives_the_person_is_still_put_back(cafe, person, restricted, commit):
    with commit(), cafe.scope():
        hold = set_hold(
            person.subscriber.pk,
            ground=Hold.Ground.DEFENDING,
            reason="Unpaid order",
            ends_on=timezone.localdate() + timedelta(days=90),
            set_by_id=cafe.owner.pk,
        )

    with commit():
        erase(cafe, person.subscriber)

    assert [words.read(name).of for name in lying()] == [hold.pk]


def test_a_backup_of_before_does_not_take_the_store_for_one_that_is_away(
    cafe, person, restricted, commit
):
    known = list(KnownWord.objects.values())
    with commit():
        erase(cafe, person.subscriber)
    forget()
    KnownWord.objects.bulk_create(KnownWord(**each) for each in known)
    assert list(outside.names(words.FOLDER)) == []

    assert words.unknown() == []
