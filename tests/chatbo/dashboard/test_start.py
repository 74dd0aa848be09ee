"""After the log-in everybody lands where they belong, or chooses among their own places."""

from typing import Any

from django.test import Client

from tenants.accounts.models import PlatformRole, User
from tenants.accounts.people import grant_platform_role
from tenants.accounts.registration import found_tenant
from tenants.affiliates.referring import make_partner
from tests.chatbo.dashboard.conftest import Visitor


def test_an_owner_lands_at_home(visitor: Visitor, cafe: Any) -> None:
    assert visitor(cafe.owner).get("/start/")["Location"] == f"/app/{cafe.tenant.slug}/"


def test_a_partner_and_the_platforms_people_land_at_theirs(
    visitor: Visitor, admin: User, db: None
) -> None:
    partner = User.objects.create_user("linde@partner.example", name="Linde")
    make_partner(partner, code="LINDE10")

    assert visitor(partner).get("/start/")["Location"] == "/partner/"
    assert visitor(admin).get("/start/")["Location"] == "/platform/"


def test_with_several_businesses_one_chooses(visitor: Visitor, cafe: Any, dentist: Any) -> None:
    second = found_tenant(cafe.owner, company="Rösterei Morgenrot")

    page = visitor(cafe.owner).get("/start/").content.decode()

    assert cafe.tenant.company in page
    assert second.company in page
    assert dentist.tenant.company not in page


def test_whoever_belongs_nowhere_is_told_so(visitor: Visitor, db: None) -> None:
    nobody = User.objects.create_user("nobody@nowhere.example", name="Nobody")

    assert visitor(nobody).get("/start/").status_code == 200
    assert Client().get("/start/").status_code == 302


def test_an_owner_who_is_a_partner_too_may_choose_but_not_the_platform(
    visitor: Visitor, cafe: Any
) -> None:
    make_partner(cafe.owner, code="CAFE10")

    page = visitor(cafe.owner).get("/start/").content.decode()

    assert f'href="/app/{cafe.tenant.slug}/"' in page
    assert 'href="/partner/"' in page
    assert 'href="/platform/"' not in page


def test_a_role_at_chatbo_adds_its_door(visitor: Visitor, cafe: Any) -> None:
    grant_platform_role(cafe.owner, role=PlatformRole.ADMIN)

    page = visitor(cafe.owner).get("/start/").content.decode()

    assert 'href="/platform/"' in page
    assert 'href="/partner/"' not in page


def test_every_page_of_a_dashboard_offers_one_s_own_businesses_only(
    visitor: Visitor, cafe: Any, dentist: Any
) -> None:
    second = found_tenant(cafe.owner, company="Rösterei Morgenrot")

    page = visitor(cafe.owner).get(f"/app/{cafe.tenant.slug}/settings/")

    assert page.context["request"].tenants == [cafe.tenant, second]
    assert f'href="/app/{second.slug}/"' in page.content.decode()
    assert dentist.tenant.company not in page.content.decode()
