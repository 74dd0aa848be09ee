"""After the log-in everybody lands where they belong, and sees their own business alone."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consent.erasure.models import Erasure
from tenants.accounts.models import User
from tenants.accounts.registration import found_tenant
from tenants.affiliates.referring import make_partner
from tests.chatbo.dashboard.conftest import Visitor


@pytest.fixture
def overdue_elsewhere(dentist: Any) -> None:
    """What must not be counted at the café's."""
    erasure_of(dentist)


def erasure_of(business: Any) -> None:
    with business.scope():
        Erasure.objects.create(
            subject_id=uuid.uuid4(),
            channel_id=uuid.uuid4(),
            origin=Erasure.Origin.BOT,
            due_at=timezone.now() - timedelta(days=1),
        )


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


def test_the_home_says_what_to_do_next(visitor: Visitor, cafe: Any) -> None:
    home = visitor(cafe.owner).get(f"/app/{cafe.tenant.slug}/")

    checklist = home.context["checklist"]
    assert checklist.done == 0
    assert not checklist.is_complete
    page = home.content.decode()
    assert all(step.url in page for step in checklist.steps if step.url)


def test_an_overdue_erasure_is_the_first_thing_one_sees(
    visitor: Visitor, cafe: Any, overdue_elsewhere: None
) -> None:
    home = visitor(cafe.owner)
    address = f"/app/{cafe.tenant.slug}/"
    assert home.get(address).context["notices"] == []

    erasure_of(cafe)

    (notice,) = home.get(address).context["notices"]
    assert (notice["tone"], notice["title"]) == ("danger", "An erasure is overdue")
    assert home.get(address).context["numbers"].overdue_erasures == 1


def test_the_neighbours_home_is_not_there(visitor: Visitor, cafe: Any, dentist: Any) -> None:
    assert visitor(cafe.owner).get(f"/app/{dentist.tenant.slug}/").status_code == 404
    assert visitor(cafe.owner).get("/app/no-such-business/").status_code == 404
