"""Who may enter: members their business, people of ChatBo theirs; nobody learns what else is."""

import re
import uuid
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import current_scope, platform_scope
from chatbo.foundation.isolation.scopes import Scope
from tenants.accounts.models import Membership, PlatformRole, User
from tenants.accounts.people import grant_platform_role
from tenants.affiliates.referring import make_partner
from tests.visitors import visitor

VALUE = re.compile(r"'[^']*'|(?<=_x)\d+")
"""In a statement: what differs each time, the moment and the savepoint's number included."""


def home_of(business: Any) -> str:
    return f"/app/{business.tenant.slug}/"


def at_chatbo(role: PlatformRole) -> User:
    user = User.objects.create_user(f"new-{role}@chatbo.example", name="Colleague")
    return grant_platform_role(user, role=role)


@pytest.fixture
def partner(db: None) -> User:
    user = User.objects.create_user("linde@partner.example", name="Linde")
    make_partner(user, code="LINDE10")
    return user


def test_a_stranger_is_asked_to_log_in_and_comes_back_to_the_page(cafe: Any) -> None:
    answer = Client().get(f"{home_of(cafe)}contracts/")

    assert answer.url == f"/accounts/login/?next={home_of(cafe)}contracts/"


def test_a_stranger_cannot_tell_a_business_that_is_there_from_one_that_is_not(cafe: Any) -> None:
    there = Client().get(home_of(cafe))
    nowhere = Client().get("/app/no-such-business/")

    assert (there.status_code, nowhere.status_code) == (302, 302)


def test_nor_can_the_neighbour_by_a_single_word(cafe: Any, dentist: Any) -> None:
    client = visitor(dentist.owner)
    nobodys = "x" * len(cafe.tenant.slug)

    there, nowhere = client.get(home_of(cafe)), client.get(f"/app/{nobodys}/")

    assert (there.status_code, nowhere.status_code) == (404, 404)
    # The page repeats the address that was asked for and its own number; these alone differ.
    number, other = (answer.headers.pop("X-Request-ID")[1] for answer in (there, nowhere))
    assert there.headers == nowhere.headers
    page = there.content.decode().replace(cafe.tenant.slug, nobodys).replace(number, other)
    assert page == nowhere.content.decode()


def test_nor_by_the_time_that_it_takes(cafe: Any, dentist: Any) -> None:
    """The database is asked the very same, whether the business is there or not."""
    client = visitor(dentist.owner)
    client.get("/start/")

    with CaptureQueriesContext(connection) as there:
        client.get(home_of(cafe))
    with CaptureQueriesContext(connection) as nowhere:
        client.get("/app/no-such-business/")

    asked = [VALUE.sub("", query["sql"]) for query in there]
    assert [VALUE.sub("", query["sql"]) for query in nowhere] == asked
    assert any("accounts_membership" in statement for statement in asked)


def test_a_member_is_inside_and_the_door_is_shut_behind_them(cafe: Any) -> None:
    answer = visitor(cafe.owner).get(home_of(cafe))

    assert answer.status_code == 200
    assert cafe.tenant.company in answer.content.decode()
    assert current_scope() == Scope()


def test_the_door_is_shut_behind_a_page_that_fails_too(cafe: Any) -> None:
    answer = visitor(cafe.owner).get(f"{home_of(cafe)}bots/{uuid.uuid4()}/")

    assert answer.status_code == 404
    assert current_scope() == Scope()


def test_whoever_is_a_member_no_more_is_outside_at_the_next_page(cafe: Any) -> None:
    client = visitor(cafe.owner)
    assert client.get(home_of(cafe)).status_code == 200

    with cafe.scope():
        Membership.objects.all().delete()

    assert client.get(home_of(cafe)).status_code == 404


def test_an_account_that_was_closed_ends_its_log_in(cafe: Any) -> None:
    client = visitor(cafe.owner)

    User.objects.filter(pk=cafe.owner.pk).update(is_active=False)

    assert client.get(home_of(cafe)).status_code == 302


def test_whoever_runs_two_businesses_sees_each_by_itself(cafe: Any, dentist: Any) -> None:
    with dentist.scope():
        Membership.objects.create(user=cafe.owner, role=Membership.Role.OWNER)
    client = visitor(cafe.owner)

    for business in (cafe, dentist):
        answer = client.get(home_of(business))
        assert answer.context["request"].tenant == business.tenant
        assert answer.context["request"].membership.tenant_id == business.tenant.pk


@pytest.mark.parametrize("role", [PlatformRole.ADMIN, PlatformRole.LAWYER])
def test_chatbos_own_people_are_no_members(cafe: Any, role: PlatformRole) -> None:
    assert visitor(at_chatbo(role)).get(home_of(cafe)).status_code == 404


def test_a_partner_is_no_member_of_whom_they_referred(cafe: Any, partner: User) -> None:
    assert visitor(partner).get(home_of(cafe)).status_code == 404
    assert visitor(partner).get("/platform/").status_code == 404


@pytest.mark.parametrize(
    ("role", "path", "expected"),
    [
        (PlatformRole.ADMIN, "tenants/", 200),
        (PlatformRole.ADMIN, "texts/", 200),
        (PlatformRole.LAWYER, "texts/", 200),
        (PlatformRole.LAWYER, "tenants/", 404),
        (PlatformRole.LAWYER, "erasures/", 404),
        (PlatformRole.LAWYER, "contracts/", 404),
        (PlatformRole.NONE, "", 404),
        (PlatformRole.NONE, "texts/", 404),
    ],
)
def test_each_at_chatbo_enters_by_their_role(
    db: None, role: PlatformRole, path: str, expected: int
) -> None:
    user = User.objects.create_user("colleague@chatbo.example", name="C", platform_role=role)

    assert visitor(user).get(f"/platform/{path}").status_code == expected


def test_a_role_that_was_taken_opens_nothing_any_more(db: None) -> None:
    admin = at_chatbo(PlatformRole.ADMIN)
    client = visitor(admin)
    assert client.get("/platform/tenants/").status_code == 200

    grant_platform_role(admin, role=PlatformRole.NONE)

    assert client.get("/platform/tenants/").status_code == 404


def test_every_look_over_all_businesses_is_on_the_record(db: None) -> None:
    admin = at_chatbo(PlatformRole.ADMIN)
    visitor(admin).get("/platform/tenants/")

    with platform_scope("test"):
        entry = AuditEntry.objects.filter(action="platform_scope.opened").earliest("at")
    assert entry.actor_id == admin.pk
    assert "platform_lists.tenants" in entry.details["reason"]
    assert current_scope() == Scope()


@pytest.mark.parametrize("address", ["/platform/", "/platform/contracts/", "/platform/texts/"])
def test_chatbos_people_are_led_to_the_second_factor_that_is_demanded(
    db: None, settings: Any, address: str
) -> None:
    settings.REQUIRE_MFA = ["platform"]
    admin = at_chatbo(PlatformRole.ADMIN)
    door = visitor(admin)

    assert door.get(address)["Location"] == "/accounts/2fa/"
    TOTP.activate(admin, generate_totp_secret())
    assert door.get(address).status_code == 200


def test_where_none_is_demanded_none_is_asked_for(db: None, settings: Any) -> None:
    settings.REQUIRE_MFA = []
    assert visitor(at_chatbo(PlatformRole.ADMIN)).get("/platform/").status_code == 200
