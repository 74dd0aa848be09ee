"""What a selection means: who is in it, and who is not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.erasure.selecting import all_of, inactive, is_same, selected, these

from .crowds import channel_of_bot, someone


@pytest.fixture
def frieda(cafe, queue):
    with cafe.scope():
        return channel_of_bot("Frieda")


def test_those_who_were_chosen(cafe, frieda):
    with cafe.scope():
        one, two, _three = (someone(frieda, name) for name in ("one", "two", "three"))

        assert list(selected(these([two.pk, one.pk, one.pk]))) == [one, two]


def test_everybody_of_the_business_or_of_one_bot_on_all_its_channels(cafe, dentist, frieda):
    with dentist.scope():
        someone(channel_of_bot("Linde"), "theirs")
    with cafe.scope():
        second = type(frieda).objects.create(
            bot=frieda.bot, platform="web", external_id="w", name="W", state="disconnected"
        )
        of_bot = [someone(frieda, "one"), someone(second, "two", is_trial=True)]
        other = someone(channel_of_bot("Otto"), "three")
        now = timezone.now()

        assert list(selected(all_of(until=now))) == [*of_bot, other]
        assert list(selected(all_of(frieda.bot, until=now))) == of_bot


def test_of_the_inactive_only_whoever_was_there_last_before_that(cafe, frieda):
    limit = timezone.now() - timedelta(days=365)
    with cafe.scope():
        long_ago = someone(frieda, "one", seen=limit - timedelta(seconds=1))
        someone(frieda, "two", seen=limit)
        someone(channel_of_bot("Otto"), "three", seen=limit - timedelta(days=9))

        assert list(selected(inactive(frieda.bot, since=limit))) == [long_ago]


def test_who_comes_later_is_not_in_it(cafe, frieda):
    with cafe.scope():
        there = someone(frieda, "one")
        everybody = all_of(until=timezone.now())
        someone(frieda, "two")

        assert list(selected(everybody)) == [there]


def test_who_has_an_erasure_of_their_own_is_left_to_it(cafe, frieda):
    with cafe.scope():
        one, two = someone(frieda, "one"), someone(frieda, "two")
        request_erasure(one, origin=Erasure.Origin.BOT)

        assert list(selected(these([one.pk, two.pk]))) == [two]


@pytest.mark.parametrize(
    "selection", [{}, {"chosen": 3}, {"bot": "3f0a0a52-0000-7000-8000-000000000000"}]
)
def test_what_selects_by_nothing_selects_nobody(cafe, frieda, selection):
    with cafe.scope():
        someone(frieda, "one")

        assert not selected(selection).exists()


def test_the_same_wish_is_the_same_whenever_it_is_pressed(frieda):
    now = timezone.now()
    later = now + timedelta(seconds=3)

    assert is_same(all_of(until=now), all_of(until=later))
    assert is_same(these([frieda.pk]), these([frieda.pk, frieda.pk]))
    assert not is_same(all_of(until=now), all_of(frieda.bot, until=now))
    assert not is_same(all_of(frieda.bot, until=now), inactive(frieda.bot, since=now))
    assert not is_same(inactive(frieda.bot, since=now), inactive(frieda.bot, since=later))
