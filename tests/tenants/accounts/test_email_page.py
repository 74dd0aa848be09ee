"""One's addresses: each is offered what makes sense for it, and nothing else."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from tests.journey.accessibility import problems
from tests.outbox import mails
from tests.visitors import visitor

PAGE = "/accounts/email/"
SECOND = "second@bakery.example"


def offered(client: Any) -> dict[str, set[str]]:
    """The buttons, by the address that they are for."""
    page = client.get(PAGE).content.decode()
    found = {}
    for form in re.findall(r"<form.*?</form>", page, re.DOTALL):
        if address := re.search(r'name="email" value="([^"]+)"', form):
            found[address[1]] = set(re.findall(r'name="action_(\w+)"', form))
    return found


def test_the_only_address_has_no_buttons_and_the_page_says_how_to_change_it(cafe: Any) -> None:
    client = visitor(cafe.owner)

    page = client.get(PAGE).content.decode()

    assert offered(client) == {}
    assert cafe.owner.email in page
    assert "Change your address" in page
    assert 'name="action_add"' in page


def test_a_second_confirmed_address_can_take_its_place_or_go(cafe: Any) -> None:
    EmailAddress.objects.create(user=cafe.owner, email=SECOND, verified=True)

    assert offered(visitor(cafe.owner)) == {SECOND: {"primary", "remove"}}


def test_one_that_is_not_confirmed_yet_can_be_confirmed_or_go(cafe: Any) -> None:
    EmailAddress.objects.create(user=cafe.owner, email=SECOND, verified=False)

    assert offered(visitor(cafe.owner)) == {SECOND: {"send", "remove"}}


def test_nobody_sees_the_addresses_of_others(cafe: Any, dentist: Any) -> None:
    assert dentist.owner.email not in visitor(cafe.owner).get(PAGE).content.decode()


def test_each_button_does_what_it_says(cafe: Any) -> None:
    EmailAddress.objects.create(user=cafe.owner, email=SECOND, verified=False)
    client = visitor(cafe.owner)
    first = cafe.owner.email

    client.post(PAGE, {"email": SECOND, "action_send": "1"})
    code = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", mails()[-1].body)
    assert code
    assert mails()[-1].recipient == SECOND
    confirmed = client.post("/accounts/confirm-email/", {"code": code[0]})
    assert confirmed["Location"] == PAGE  # where the next step is
    client.post(PAGE, {"email": SECOND, "action_primary": "1"})
    assert offered(client) == {first: {"primary", "remove"}}
    client.post(PAGE, {"email": first, "action_remove": "1"})

    assert [entry.email for entry in EmailAddress.objects.filter(user=cafe.owner)] == [SECOND]
    cafe.owner.refresh_from_db()
    assert cafe.owner.email == SECOND


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("with_script", [True, False])
def test_removing_asks_once_with_script_and_without(
    new_context: Any, site_url: str, cafe: Any, with_script: bool
) -> None:
    EmailAddress.objects.create(user=cafe.owner, email=SECOND, verified=True)
    context = new_context(java_script_enabled=with_script)
    cookie = visitor(cafe.owner).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": site_url}])
    context.set_extra_http_headers({"accept-language": "en"})
    page: Page = context.new_page()

    page.goto(site_url + PAGE)
    expect(page.get_by_role("button", name="Yes, remove it")).to_be_hidden()
    page.get_by_text("Remove", exact=False).first.click()
    expect(page.get_by_text("You can then no longer log in with this address.")).to_be_visible()
    if with_script:
        assert problems(page) == []
    page.get_by_role("button", name="Yes, remove it").click()

    expect(page.get_by_text(SECOND, exact=True)).to_have_count(0)
    assert not EmailAddress.objects.filter(email=SECOND).exists()
