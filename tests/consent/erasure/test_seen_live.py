"""Progress is visible live: a page in a real browser follows its erasure and is not loaded again.

The jobs are carried out as a worker does it; that they stop half-way is the platform's doing in one
test, and in the other that of somebody who is being written to.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from consent.erasure.models import Erasure
from consent.erasure.requests import hurry_erasure, request_erasure, request_erasure_of_many
from consent.erasure.selecting import all_of
from tests.consent.erasure.carrying_out import carried_out
from tests.consent.erasure.crowds import channel_of_bot, crowd
from tests.visitors import visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_page(page: Page, site_url: str, cafe: Any) -> Any:
    """A page, as the owner sees it in English, that must not be loaded again."""
    session = visitor(cafe.owner).cookies["sessionid"].value
    page.context.add_cookies(
        [
            {"name": "sessionid", "value": session, "url": site_url},
            {"name": "django_language", "value": "en", "url": site_url},
        ]
    )
    loads: list[str] = []

    def opened(address: str) -> Page:
        page.goto(f"{site_url}{address}")
        page.on("load", lambda each: loads.append(each.url))
        return page

    yield opened
    assert loads == [], "the page was loaded again"


@contextmanager
def being_written_to(owner_db: psycopg.Connection[Any], subscriber: Any) -> Iterator[None]:
    """Another worker is at this person's row."""
    with owner_db.transaction():
        owner_db.execute("SELECT 1 FROM bots_subscriber WHERE id = %s FOR UPDATE", [subscriber.pk])
        yield


@pytest.mark.parametrize("who", ["business", "person"])
def test_whoever_looks_sees_it_asked_for_deleted_and_told(
    cafe: Any, person: Any, platforms: Any, open_page: Any, who: str
) -> None:
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    address = f"/erasure/{erasure.code}/"
    if who == "business":
        address = f"/app/cafe-morgenrot/erasures/{erasure.code}/"
    platforms.control.fail("graph", "messages", code=2)

    main = open_page(address).locator("main")
    expect(main.get_by_text("Deletion requested")).to_be_visible()
    expect(main.get_by_text("Everything deleted")).to_have_count(0)

    carried_out(erasure)
    expect(main.get_by_text("Everything deleted")).to_be_visible()
    expect(main.get_by_role("link", name="Certificate (PDF)")).to_be_visible()
    expect(main.get_by_text("Confirmed in the chat", exact=True)).to_have_count(0)

    platforms.control.stop_failing()
    with cafe.scope():
        hurry_erasure(erasure)
    carried_out(erasure)
    expect(main.get_by_text("Confirmed in the chat", exact=True)).to_be_visible()
    expect(main.locator("[hx-trigger]")).to_have_count(0)


@pytest.mark.parametrize("place", ["its page", "the list"])
def test_of_many_the_number_of_those_who_are_gone_grows(
    cafe: Any, queue: Any, owner_db: Any, open_page: Any, place: str
) -> None:
    with cafe.scope():
        _first, second, _third = crowd(channel_of_bot(), 3)
        erasure = request_erasure_of_many(
            all_of(until=timezone.now()), origin=Erasure.Origin.TENANT, language="en"
        )
    list_of_all = "/app/cafe-morgenrot/erasures/"
    address = list_of_all if place == "the list" else f"{list_of_all}{erasure.code}/"

    main = open_page(address).locator("main")
    expect(main.get_by_text("0 of 3 people deleted")).to_be_visible()

    with being_written_to(owner_db, second):
        carried_out(erasure)
        expect(main.get_by_text("2 of 3 people deleted")).to_be_visible(timeout=10_000)

    with cafe.scope():
        hurry_erasure(erasure)
    carried_out(erasure)
    expect(main.get_by_text("people deleted")).to_have_count(0, timeout=10_000)
    expect(main.get_by_text("deleted", exact=True)).to_be_visible()
