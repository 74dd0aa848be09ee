"""The page of changed texts as everybody meets it: by keyboard, on a phone, light and dark."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from consent.texts.versions import Effect
from tenants.accounts.models import User
from tests.consent.signup.conftest import ADDRESS
from tests.journey.accessibility import problems
from tests.next_versions import publish_next
from tests.visitors import visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked(applicant: Any, page: Page, site_url: str) -> Page:
    """Somebody who is asked about two texts and told of a third, in their browser."""
    applicant.answers = {"terms": "on", "newsletter": "on"}
    applicant.apply()
    applicant.confirm()
    for key, effect in (
        ("terms", Effect.ASK),
        ("consent-newsletter", Effect.ASK),
        ("privacy", Effect.INFORM),
    ):
        more = {"change": "One more sentence", "reason": "So that it is clear."}
        publish_next(key, effect, words="\n\nOne more sentence.", **more)
    session = visitor(User.objects.get(email=ADDRESS)).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site_url}])
    return page


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_what_changed_and_choose(
    asked: Page, site_url: str, width: int, theme: Any
) -> None:
    asked.set_viewport_size({"width": width, "height": 900})
    asked.emulate_media(color_scheme=theme)
    asked.goto(f"{site_url}/start/")
    expect(asked.get_by_role("heading", name="Our texts have changed")).to_be_visible()
    for details in asked.locator("main summary").all():
        details.click()
    assert problems(asked) == []

    asked.get_by_role("button", name="Send my choice").click()
    expect(asked.get_by_role("alert")).to_be_focused()
    assert problems(asked) == []


def test_the_keyboard_is_enough(asked: Page, site_url: str) -> None:
    asked.goto(f"{site_url}/start/")
    for question, answer in (
        ("Your choice: Nutzungsbedingungen für Unternehmen", "I agree to this version"),
        ("Your choice: Newsletter", "Yes, go on sending"),
    ):
        asked.get_by_role("group", name=question).get_by_label(answer).focus()
        asked.keyboard.press("Space")
    asked.keyboard.press("Enter")

    expect(asked.get_by_text("Thank you. Your answer is recorded.")).to_be_visible()
    assert "/app/" in asked.url
