"""A bot's period on its page: who may change it, within which bounds, and the warning before."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from consent.erasure.models import Erasure
from consent.erasure.retention import erase_inactive
from tenants.bots.models import Bot, Subscriber
from tests.visitors import visitor

from .crowds import channel_of_bot, someone


@pytest.fixture
def frieda(cafe, queue):
    with cafe.scope():
        channel = channel_of_bot("Frieda")
        for days in (1, 100, 200, 300):
            someone(channel, f"{days}", seen=timezone.now() - timedelta(days=days))
        return channel


@pytest.fixture
def address(frieda) -> str:
    return f"/app/cafe-morgenrot/erasures/retention/{frieda.bot_id}/"


@pytest.fixture
def owner(cafe):
    return visitor(cafe.owner)


def months(business) -> int:
    with business.scope():
        return Bot.objects.get(name="Frieda").retention_months


def test_a_longer_period_is_saved_at_once(cafe, owner, address, frieda):
    answer = owner.post(address, {"months": "24"}, follow=True)

    assert months(cafe) == 24
    assert "for 24 months" in answer.text
    assert answer.redirect_chain[-1][0].endswith(f"/bots/{frieda.bot_id}/")


def test_a_shorter_one_warns_of_exactly_those_who_go_in_the_next_night(
    cafe, owner, address, frieda
):
    page = owner.post(address, {"months": "6"})

    assert "2 people of “Frieda” would be erased tomorrow" in page.text
    assert months(cafe) == 12
    owner.post(address, {"months": "6", "sure": "6"})
    assert months(cafe) == 6

    with time_machine.travel(timezone.now() + timedelta(days=1)), cafe.scope():
        erasure = erase_inactive(Bot.objects.get(name="Frieda"))
        assert (erasure.origin, erasure.total) == (Erasure.Origin.RETENTION, 2)
        assert Subscriber.objects.count() == 4


def test_a_shorter_one_that_erases_nobody_needs_no_warning(cafe, owner, address):
    owner.post(address, {"months": "11"})

    assert months(cafe) == 11


def test_the_yes_to_one_number_is_none_to_another(cafe, owner, address):
    page = owner.post(address, {"months": "3", "sure": "6"})

    assert "3 people of" in page.text
    assert months(cafe) == 12


@pytest.mark.parametrize("typed", ["", "0", "1", "37", "-3", "6.5", "x", "9" * 400, "٣٩"])
def test_what_is_no_such_period_is_refused_on_the_page(cafe, owner, address, typed):
    page = owner.post(address, {"months": typed, "sure": typed})

    assert page.status_code == 422
    assert months(cafe) == 12


@pytest.mark.parametrize(("role", "may"), [("dpo", True), ("editor", False), ("viewer", False)])
def test_only_who_protects_data_may(cafe, address, role, may):
    member = visitor(cafe.member(role))

    assert (member.get(address).status_code == 200) == may
    member.post(address, {"months": "24"})
    assert (months(cafe) == 24) == may


def test_the_neighbours_bot_is_not_there(cafe, dentist, address, frieda):
    foreign = visitor(dentist.owner)

    assert foreign.get(address).status_code == 404
    theirs = f"/app/zahnarzt-linde/erasures/retention/{frieda.bot_id}/"
    assert foreign.post(theirs, {"months": "2", "sure": "2"}).status_code == 404
    assert months(cafe) == 12


def test_it_takes_a_fresh_proof_of_who_one_is(cafe, address):
    late = visitor(cafe.owner, seconds_ago=3600)

    assert "/accounts/reauthenticate/" in late.post(address, {"months": "2", "sure": "2"}).url
    assert months(cafe) == 12
