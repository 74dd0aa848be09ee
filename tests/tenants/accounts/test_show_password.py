"""The eye in the field of a password: shows what is typed, and is there with script alone."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journey.accessibility import problems
from tests.visitors import visitor

EYE = "Show what is typed"
PASSWORD = "correct-horse-battery"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_eye_shows_and_hides_what_is_typed(
    new_context: Any, site_url: str, cafe: Any, scheme: str
) -> None:
    context = new_context(color_scheme=scheme, extra_http_headers={"accept-language": "en"})
    page: Page = context.new_page()
    page.goto(f"{site_url}/accounts/login/")
    field, eye = page.locator("#id_password"), page.get_by_role("button", name=EYE)
    field.fill("typed by me")

    expect(field).to_have_attribute("type", "password")
    expect(eye).to_have_attribute("aria-pressed", "false")
    eye.press("Enter")
    expect(field).to_have_attribute("type", "text")
    expect(eye).to_have_attribute("aria-pressed", "true")
    assert problems(page) == []
    eye.click()
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_value("typed by me")


def test_what_is_sent_is_a_password_again(page: Page, site_url: str, cafe: Any) -> None:
    """So that no browser keeps it among the texts that it suggests."""
    page.set_extra_http_headers({"accept-language": "en"})
    page.goto(f"{site_url}/accounts/login/")
    page.locator("#id_login").fill(cafe.owner.email)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name=EYE).click()
    page.evaluate(
        "addEventListener('submit', () =>"
        " sessionStorage.setItem('sent', document.querySelector('#id_password').type))"
    )
    page.get_by_role("button", name="Log in", exact=True).click()

    page.wait_for_url(re.compile("/app/|/start/"))
    assert page.evaluate("sessionStorage.getItem('sent')") == "password"


def test_each_field_of_a_new_password_has_its_own(page: Page, site_url: str, cafe: Any) -> None:
    cookie = visitor(cafe.owner).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": site_url}])
    page.set_extra_http_headers({"accept-language": "en"})
    page.goto(f"{site_url}/accounts/password/change/")

    expect(page.get_by_role("button", name=EYE)).to_have_count(3)
    page.get_by_role("button", name=EYE).nth(1).click()
    types = page.locator("input[id*=password]").evaluate_all("all => all.map(one => one.type)")
    assert types == ["password", "text", "password"]


def test_without_script_there_is_no_eye(new_context: Any, site_url: str, cafe: Any) -> None:
    context = new_context(java_script_enabled=False, extra_http_headers={"accept-language": "en"})
    page: Page = context.new_page()
    page.goto(f"{site_url}/accounts/login/")

    expect(page.locator("#id_password")).to_be_visible()
    expect(page.locator(".show-password")).to_be_hidden()
