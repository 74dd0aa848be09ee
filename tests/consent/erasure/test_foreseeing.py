"""The dry run says what then happens, and does nothing itself."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from chatbo.foundation.personal_data import declarations_about
from consent.erasure import foreseeing
from consent.erasure.foreseeing import foresee
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure, request_erasure_of_many
from consent.erasure.selecting import all_of, these
from consent.erasure.tasks import carry_out_many
from consent.erasure.words import counted
from consent.ledger.models import ConsentIdentity, ConsentRecord
from tenants.bots.models import Message, Subscriber

from .crowds import agree, channel_of_bot, crowd, someone


@pytest.fixture
def guests(cafe, queue):
    with cafe.scope():
        people = crowd(channel_of_bot("Frieda"), 4)
        agree(people[0], "another-address")
        Message.objects.create(
            subscriber=people[1], direction="out", text="Hallo", at=timezone.now()
        )
        return people


def rows_of(business) -> list[list[object]]:
    with business.scope():
        return [
            sorted(model.objects.values_list("pk", flat=True))
            for model in (Subscriber, Message, ConsentIdentity, ConsentRecord, Erasure)
        ]


def done(business, selection) -> Erasure:
    with business.scope():
        erasure = request_erasure_of_many(selection, origin=Erasure.Origin.TENANT, language="de")
    carry_out_many(str(erasure.tenant_id), str(erasure.pk))
    with business.scope():
        return Erasure.objects.get(pk=erasure.pk)


def test_of_few_each_number_is_what_then_happens(cafe, guests):
    selection = these(each.pk for each in guests[:3])
    before = rows_of(cafe)
    with cafe.scope():
        foreseen = foresee(selection)
    assert rows_of(cafe) == before

    erasure = done(cafe, selection)

    assert (foreseen.people, foreseen.is_counted) == (erasure.done, False)
    assert foreseen.deleted == counted(erasure.counts)
    assert [(each.what, each.count) for each in foreseen.kept] == counted(erasure.kept)
    assert erasure.kept == {"ledger.ConsentRecord": 8}, "four consents and their withdrawals"
    assert erasure.counts["bots.Message"] == 4


def test_of_many_what_goes_is_counted_and_the_withdrawals_come_besides(cafe, guests, monkeypatch):
    monkeypatch.setattr(foreseeing, "TRIED", 2)
    before = rows_of(cafe)
    with cafe.scope():
        foreseen = foresee(all_of(until=timezone.now()))
    assert rows_of(cafe) == before

    erasure = done(cafe, all_of(until=timezone.now()))

    assert (foreseen.people, foreseen.is_counted) == (erasure.done, True)
    assert foreseen.deleted == counted(erasure.counts)
    (kept,) = foreseen.kept
    with cafe.scope():
        withdrawals = ConsentRecord.objects.filter(decision="withdrawn").count()
    assert kept.count + withdrawals == erasure.kept["ledger.ConsentRecord"]


def test_what_is_kept_is_said_with_ground_law_and_date(cafe, guests):
    with cafe.scope(), translation.override("en"):
        (kept,) = foresee(these([guests[0].pk])).kept

    assert kept.until == timezone.localdate().replace(
        year=timezone.localdate().year + 3, month=12, day=31
    )
    assert kept.ground == "proof of consent"
    assert "Arts. 7(1), 17(3)(e) GDPR" in kept.law


def test_who_has_an_erasure_of_their_own_is_not_counted(cafe, guests):
    with cafe.scope():
        request_erasure(guests[0], origin=Erasure.Origin.BOT)

        assert foresee(all_of(until=timezone.now())).people == 3


def test_of_nobody_nothing_goes(cafe, dentist, guests):
    with dentist.scope():
        someone(channel_of_bot("Linde"), "theirs")
        foreseen = foresee(these(each.pk for each in guests))

    assert (foreseen.people, foreseen.deleted, foreseen.kept) == (0, [], [])


def test_it_costs_few_queries_however_many_they_are(cafe, guests, monkeypatch):
    monkeypatch.setattr(foreseeing, "TRIED", 2)
    numbers = []
    for more in (0, 20):
        with cafe.scope():
            for number in range(more):
                someone(guests[0].channel, f"more-{number}")
            with CaptureQueriesContext(connection) as queries:
                foresee(all_of(until=timezone.now()))
        numbers.append(len(queries))
    # One a table that holds something on people, and what is asked once.
    tables = len(list(declarations_about("bots.Subscriber")))
    assert numbers[0] == numbers[1] <= tables + 6
