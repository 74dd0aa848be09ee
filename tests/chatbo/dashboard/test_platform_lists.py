"""The platform's pages: for ChatBo's people, and without the customers' subscribers."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consent.erasure.models import Erasure
from tenants.accounts.models import User
from tests.chatbo.dashboard.conftest import Visitor

PERSON = "MARKER-psid-4711"


@pytest.fixture
def overdue(cafe: Any) -> Erasure:
    with cafe.scope():
        return Erasure.objects.create(
            subject_id=uuid.uuid4(),
            channel_id=uuid.uuid4(),
            origin=Erasure.Origin.BOT,
            address=PERSON,
            due_at=timezone.now() - timedelta(days=1),
            last_error="platform_unreachable",
        )


def test_an_admin_finds_every_business(
    visitor: Visitor, admin: User, cafe: Any, dentist: Any
) -> None:
    desk = visitor(admin)

    everybody = desk.get("/platform/tenants/").content.decode()
    found = desk.get("/platform/tenants/", {"q": "linde"}).content.decode()

    assert cafe.tenant.company in everybody
    assert dentist.tenant.company in everybody
    assert dentist.tenant.company in found
    assert cafe.tenant.company not in found


def test_an_overdue_erasure_is_shown_by_its_code_and_never_by_its_person(
    visitor: Visitor, admin: User, overdue: Erasure
) -> None:
    page = visitor(admin).get("/platform/erasures/").content.decode()

    assert overdue.code in page
    assert "overdue" in page
    assert overdue.last_error in page
    for secret in (PERSON, str(overdue.subject_id), str(overdue.channel_id)):
        assert secret not in page


def test_the_home_says_which_jobs_do_not_succeed(
    visitor: Visitor, admin: User, overdue: Erasure
) -> None:
    (trouble,) = visitor(admin).get("/platform/").context["troubles"]

    assert (trouble.kind, trouble.failing) == ("Erasure", 1)


def test_a_lawyer_sees_the_texts_and_no_business(
    visitor: Visitor, second_lawyer: User, cafe: Any
) -> None:
    desk = visitor(second_lawyer)

    home = desk.get("/platform/")
    assert home.status_code == 200
    assert "texts" in home.context
    assert "tenants" not in home.context
    for path in ("tenants", "erasures", "contracts"):
        assert desk.get(f"/platform/{path}/").status_code == 404


@pytest.mark.parametrize("path", ["", "tenants/", "erasures/", "texts/", "contracts/"])
def test_no_business_sees_the_platform(visitor: Visitor, cafe: Any, path: str) -> None:
    assert visitor(cafe.owner).get(f"/platform/{path}").status_code == 404
    assert Client().get(f"/platform/{path}").status_code == 302
