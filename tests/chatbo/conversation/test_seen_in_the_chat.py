"""The web chat in a real browser: what it says without being loaded again."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from consent.embeds.tools import create_tool
from tests.consent.embeds.conftest import live_bot
from tests.consent.embeds.test_agreeing import form_of, press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_whoever_is_erased_reads_at_once_that_their_consent_is_withdrawn(
    cafe: Any, page: Page, site_url: str
) -> None:
    bot = live_bot(cafe)
    with cafe.scope():
        tool = create_tool(bot, label="Chat mit uns")
    there = str(press(Client(), tool, form_of(cafe, tool))["Location"])
    page.goto(site_url + there)
    loads: list[str] = []
    page.on("load", lambda each: loads.append(each.url))
    stands, log = page.locator(".chat-consent"), page.locator("[data-chat-log]")
    expect(stands).to_contain_text("Ihre Einwilligung ist festgehalten.")

    page.locator("#chat-text").fill("Hallo")
    page.locator("#chat-text").press("Enter")
    expect(log).to_contain_text("Hallo")
    expect(stands).to_have_count(1)
    page.locator(".chat-menu button").click()
    log.locator("button[value='chatbo:erase']").click()

    expect(log.locator("[data-chat-state]")).to_be_visible()
    expect(stands).to_have_count(1)
    expect(stands).to_contain_text("Ihre Einwilligung ist widerrufen.")
    expect(log.locator(".chat-consent")).to_have_count(0)
    assert loads == [], "the page was loaded again"
