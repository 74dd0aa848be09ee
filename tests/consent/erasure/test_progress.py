"""How far an erasure has got, as the business sees it: live, with dates, and with what stands in
the way.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure, request_erasure_of_many
from consent.erasure.selecting import all_of
from tests.consent.conftest import MARKER

from .carrying_out import carried_out, change

LIST = "/app/cafe-morgenrot/erasures/"


@pytest.fixture
def erasure(cafe, person) -> Erasure:
    with cafe.scope():
        return request_erasure(person.subscriber, origin=Erasure.Origin.BOT)


@pytest.fixture
def of_many(cafe, person) -> Erasure:
    with cafe.scope():
        return request_erasure_of_many(
            all_of(until=timezone.now()), origin=Erasure.Origin.TENANT, language="de"
        )


@pytest.fixture
def read(client, cafe) -> Any:
    client.force_login(cafe.owner)

    def shown(address: str = "") -> str:
        answer = client.get(f"{LIST}{address}", headers={"accept-language": "en"})
        assert answer.status_code == 200
        return " ".join(re.sub(r"<svg.*?</svg>", "", answer.text, flags=re.DOTALL).split())

    return shown


def test_the_steps_stand_there_with_their_times(read, erasure):
    done = carried_out(erasure)

    text = read(f"{done.code}/")

    for step in ("Deletion requested", "Protected against", "Everything deleted", "Confirmed in"):
        assert step in text
    assert text.count("<time ") == 4
    assert "<dt>Message</dt><dd>1</dd>" in text
    assert "1 record of consent<" in text
    assert f"/erasure/{done.code}/certificate.pdf" in text
    assert "every 3s" not in text


def test_while_it_is_under_way_the_pages_ask_again(read, erasure):
    assert f'hx-get="{LIST}{erasure.code}/" hx-trigger="every 3s"' in read(f"{erasure.code}/")
    (rows,) = re.findall(r'<tbody ([^>]*id="erasures"[^>]*)>', read("?page=1"))
    assert f'hx-get="{LIST}?page=1"' in rows
    assert 'hx-trigger="every 5s"' in rows


def test_a_list_without_anything_under_way_is_quiet(read, erasure):
    carried_out(erasure)

    assert "every 5s" not in read()


def test_of_many_both_pages_say_how_many_are_gone(read, of_many):
    change(of_many, total=1500, done=612)

    assert "612 of 1,500 people deleted" in read()
    page = read(f"{of_many.code}/")
    assert "612 of 1,500 people deleted" in page
    assert 'value="40"' in page


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "overdue"), (3.02, "in 3 days"), (1.02, "in 1 day"), (20.02, "in 20 days")],
)
def test_both_pages_say_how_long_the_law_still_grants(read, erasure, days, words):
    change(erasure, due_at=timezone.now() + timedelta(days=days))

    assert words in read()
    assert words in read(f"{erasure.code}/")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("OperationalError", "The database was busy"),
        ("PermissionError", "outside the database could not be reached"),
        ("OSError", "outside the database could not be reached"),
        ("PeopleBusyError", "is being written to just now"),
        ("UnknownTombstoneKeyError", "The key of the notes"),
        ("ZeroDivisionError", "that we had not thought of"),
        ("no error's name", "that we had not thought of"),
    ],
)
def test_what_stands_in_the_way_is_said_in_words(read, erasure, error, words):
    later = timezone.now() + timedelta(hours=1)
    change(erasure, last_error=error, attempts=2, not_before=later)

    text = read(f"{erasure.code}/")

    assert words in text
    assert error not in text
    assert "Try again now" in text
    assert "put off, is tried again" in read()


def test_what_fails_says_since_when_and_is_an_alarm(read, erasure):
    since = timezone.now() - timedelta(hours=3)
    change(erasure, last_error="OperationalError", attempts=9, failed_at=since)

    text = read(f"{erasure.code}/")

    assert "This erasure does not succeed" in text
    assert "tried 9 times" in text
    assert f"{timezone.localtime(since):%H:%M}" in text
    assert "does not succeed" in read()


def test_why_nobody_could_be_told_is_said_as_well(read, platforms, erasure):
    platforms.control.block("messenger-1001")
    done = carried_out(erasure)

    text = read(f"{done.code}/")

    assert "The messenger did not take the message" in text
    assert "Try again now" not in text


def test_one_that_was_changed_past_the_product_shows_no_numbers(read, erasure):
    change(carried_out(erasure), counts={"bots.Message": 900})

    text = read(f"{erasure.code}/")

    assert "This is not what we signed" in text
    assert "900" not in text
    assert "certificate.pdf" not in text


def test_no_page_names_the_person(read, person, erasure):
    carried_out(erasure)

    for text in (read(), read(f"{erasure.code}/")):
        assert person.address not in text
        assert MARKER not in text
