"""Whom somebody searches for stands in no address that can be read."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tenants.accounts.models import Membership, PlatformRole, User
from tenants.accounts.people import grant_platform_role
from tests.visitors import visitor

PAGE = "/platform/users/"
WORDS = "margarete@example.org"


@pytest.fixture
def admin(db: None) -> Client:
    user = User.objects.create_user("admin@chatbo.example", name="Admin")
    return visitor(grant_platform_role(user, role=PlatformRole.ADMIN))


def search(client: Client, words: str, page: str = PAGE) -> Any:
    return client.post("/search/", {"q": words, "page": page})


def test_a_search_leads_to_its_page_with_what_only_the_product_can_read(admin: Client) -> None:
    User.objects.create_user(WORDS, name="Margarete")

    answer = search(admin, f"  {WORDS} ")
    shown = admin.get(answer.url).text

    assert answer.url.startswith(f"{PAGE}?person=")
    assert "margarete" not in answer.url
    assert f'value="{WORDS}"' in shown
    assert "Margarete" in shown
    assert "admin@chatbo.example</td>" not in shown


def test_the_form_of_a_page_posts_what_was_typed(admin: Client) -> None:
    shown = admin.get(f"{PAGE}?sort=email").text

    assert 'method="post" action="/search/"' in shown
    assert f'name="page" value="{PAGE}?sort=email"' in shown


def test_sorting_and_leafing_keep_the_search_and_a_new_one_begins_at_its_first_page(
    admin: Client,
) -> None:
    first = search(admin, "one", f"{PAGE}?sort=email&page=3").url
    second = search(admin, "two", first).url

    asked = parse_qs(urlsplit(second).query)
    assert asked.keys() == {"sort", "person"}
    assert len(asked["person"]) == 1


def test_searching_for_nothing_shows_all_again(admin: Client) -> None:
    searched = search(admin, "one", f"{PAGE}?sort=email").url

    assert search(admin, " ", searched).url == f"{PAGE}?sort=email"
    assert search(admin, "", PAGE).url == PAGE


@pytest.mark.parametrize(
    "page",
    ["", "platform/", "//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example"],
)
def test_nobody_is_led_to_a_page_that_is_not_ours(admin: Client, page: str) -> None:
    assert search(admin, "one", page).status_code == 400


def test_what_is_typed_is_cut_where_no_address_is_longer(admin: Client) -> None:
    assert len(search(admin, "x" * 100_000).url) < 700


def token_of(answer: Any) -> str:
    return parse_qs(urlsplit(answer.url).query)["person"][0]


def test_a_search_that_somebody_else_made_is_as_if_nobody_had_searched(admin: Client) -> None:
    """An address that is passed on shows the next account neither words nor whom they find."""
    User.objects.create_user(WORDS, name="Margarete")
    address = search(admin, WORDS).url
    assert WORDS in admin.get(address).text
    user = User.objects.create_user("second@chatbo.example", name="Second")
    other = visitor(grant_platform_role(user, role=PlatformRole.ADMIN))

    answer = other.get(address)

    assert (answer.status_code, answer.url) == (302, PAGE)


def test_a_search_holds_in_one_business_alone(cafe: Any, dentist: Any) -> None:
    """Also for who belongs to both. And none of a business is one of the platform's."""
    with dentist.scope():
        Membership.objects.create(user=cafe.owner, role="owner")
    client = visitor(cafe.owner)
    ours, theirs = "/app/cafe-morgenrot/consents/", "/app/zahnarzt-linde/consents/"
    token = token_of(search(client, WORDS, ours))

    # Whether anything is found or not: nobody is led away from the page that it was made on.
    assert client.get(f"{ours}?person={token}").status_code == 200
    for address in (theirs, f"{theirs}weeks/", f"{theirs}export.csv"):
        answer = client.get(f"{address}?person={token}")
        assert (answer.status_code, answer.url) == (302, theirs)
    elsewhere = token_of(search(client, WORDS, "/nowhere/"))
    assert client.get(f"{ours}?person={elsewhere}").status_code == 302


def altered(token: str) -> str:
    return token[:-4] + "AAA="


@pytest.mark.parametrize("token", ["", "guessed", "é", WORDS])
def test_an_altered_search_shows_nothing_and_says_so(admin: Client, token: str) -> None:
    answer = admin.get(PAGE, {"person": token or altered(token_of(search(admin, WORDS)))})

    assert answer.url == PAGE
    assert "This search is over" in admin.get(answer.url).text


def test_a_search_is_over_after_a_week(admin: Client) -> None:
    address = search(admin, WORDS).url

    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        later = visitor(User.objects.get(email="admin@chatbo.example"))
        answer = later.get(address)

    assert (answer.status_code, answer.headers.get("Location")) == (302, PAGE)


def test_a_search_is_read_with_the_key_of_before(admin: Client, settings: Any) -> None:
    address = search(admin, WORDS).url
    settings.FIELD_KEYS = ["bmV3ZXIgbmV3ZXIgbmV3ZXIgbmV3ZXIgbmV3ZXIgISE=", *settings.FIELD_KEYS]

    assert f'value="{WORDS}"' in admin.get(address).text
