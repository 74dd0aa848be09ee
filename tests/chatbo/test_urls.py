"""Every address behind a log-in, walked from the list of addresses itself: none is forgotten."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tenants.accounts.models import PlatformRole, User
from tenants.affiliates.referring import make_partner

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PLACE = re.compile(r"<(\w+:\w+)>")
FITTING = defaultdict(
    lambda: str(uuid.UUID(int=7)),
    {"slug:tenant_slug": "cafe-morgenrot", "slug:code": "abc", "str:kind": "html"},
)
SHUT, NO_SUCH_METHOD, LOG_IN = 404, 405, 302


def walked(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walked(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield f"/{route}"


def below(area: str) -> list[str]:
    """Each address there, with something that fits in the place of every id."""
    routes = [route for route in walked(get_resolver().url_patterns) if route.startswith(area)]
    return [PLACE.sub(lambda found: FITTING[found[1]], route) for route in routes]


TENANT, PLATFORM, PARTNER = below("/app/"), below("/platform/"), below("/partner/")


def codes(client: Client, address: str) -> set[int]:
    """What comes of reading and of writing, but for what the address does not offer at all."""
    answers = {client.get(address).status_code, client.post(address).status_code}
    return answers - {NO_SUCH_METHOD}


def visitor(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def partner(db: None) -> User:
    user = User.objects.create_user("linde@partner.example", name="Linde")
    make_partner(user, code="LINDE10")
    return user


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_user(
        "admin@chatbo.example", name="Admin", platform_role=PlatformRole.ADMIN
    )


def test_the_walk_goes_everywhere() -> None:
    """Without ids in the way it finds whole addresses, and none with a hole in it."""
    assert len(TENANT) > 30
    assert len(PLATFORM) > 8
    assert PARTNER == ["/partner/"]
    assert not [address for address in TENANT + PLATFORM if "<" in address]


@pytest.mark.parametrize("address", TENANT + PLATFORM + PARTNER)
def test_a_stranger_is_sent_to_the_log_in(cafe: Any, address: str) -> None:
    assert codes(Client(), address) == {LOG_IN}
    read = Client().get(address)
    assert read.status_code == NO_SUCH_METHOD or read.url.startswith("/accounts/login/?next=")


@pytest.mark.parametrize("address", TENANT)
def test_nobody_but_a_member_is_in_a_business(
    cafe: Any, dentist: Any, admin: User, partner: User, address: str
) -> None:
    for stranger in (dentist.owner, admin, partner):
        assert codes(visitor(stranger), address) == {SHUT}


@pytest.mark.parametrize("address", PLATFORM)
def test_nobody_but_chatbos_people_are_on_the_platform(
    cafe: Any, partner: User, address: str
) -> None:
    for stranger in (cafe.owner, partner):
        assert codes(visitor(stranger), address) == {SHUT}


@pytest.mark.parametrize("address", PARTNER)
def test_nobody_but_a_partner_is_among_the_partners(cafe: Any, admin: User, address: str) -> None:
    for stranger in (cafe.owner, admin):
        assert codes(visitor(stranger), address) == {SHUT}


def test_whoever_belongs_there_enters(cafe: Any, admin: User, partner: User) -> None:
    """Else a house that is shut to all would pass the walks above."""
    doors = {"/app/cafe-morgenrot/": cafe.owner, "/platform/": admin, "/partner/": partner}
    for address, user in doors.items():
        assert visitor(user).get(address).status_code == 200
