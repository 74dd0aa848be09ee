"""ChatBo's support sees nothing of a business, but what its owner opens, for a time, visibly."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from tenants.accounts.models import PlatformRole, SupportGrant, User
from tenants.accounts.people import grant_platform_role
from tenants.accounts.support import end_support, grant_support
from tests.visitors import visitor

HOME = "/app/cafe-morgenrot/"


@pytest.fixture
def support(db: None) -> User:
    user = User.objects.create_user("support@chatbo.example", name="Support")
    return grant_platform_role(user, role=PlatformRole.SUPPORT)


def test_without_leave_it_sees_nothing(cafe: Any, support: User) -> None:
    for page in ("", "bots/", "contracts/", "members/"):
        assert visitor(support).get(HOME + page).status_code == 404
    assert visitor(support).get("/platform/tenants/").status_code == 404


def test_an_owner_lets_it_look_in(cafe: Any, dentist: Any, support: User) -> None:
    answer = visitor(cafe.owner).post(f"{HOME}members/support/", {"reason": "Menu", "days": 3})
    client = visitor(support)

    assert answer.status_code == 302
    assert client.get(HOME).status_code == 200
    assert "/app/cafe-morgenrot/" in client.get("/platform/support/").content.decode()
    assert client.get("/app/zahnarzt-linde/").status_code == 404


def test_it_looks_and_changes_nothing(cafe: Any, support: User) -> None:
    with cafe.scope():
        grant_support(reason="Menu", days=1, granted_by=cafe.owner)
    client = visitor(support)

    assert client.get(f"{HOME}bots/").status_code == 200
    for page in ("bots/new/", "members/invite/", "settings/", "embeds/new/"):
        assert client.get(HOME + page).status_code == 403
        assert client.post(HOME + page).status_code == 403


@pytest.mark.parametrize("page", ["consents/", "consents/export.csv", "erasures/", "members/"])
def test_persons_stay_out_of_its_sight(cafe: Any, support: User, page: str) -> None:
    with cafe.scope():
        grant_support(reason="Menu", days=1, granted_by=cafe.owner)

    assert visitor(support).get(HOME + page).status_code == 403


def test_each_page_that_it_opens_is_in_the_business_s_log(cafe: Any, support: User) -> None:
    with cafe.scope():
        grant_support(reason="Menu", days=1, granted_by=cafe.owner)
    visitor(support).get(f"{HOME}bots/")

    with cafe.scope():
        entry = AuditEntry.objects.get(action="support.looked")
    assert (entry.actor_id, entry.details) == (support.pk, {"page": "bots:list"})


def test_the_members_see_that_it_can_look_in(cafe: Any, support: User) -> None:
    with cafe.scope():
        grant_support(reason="Menu", days=1, granted_by=cafe.owner)

    for user in (cafe.owner, cafe.member("viewer")):
        assert "support can look in until" in (visitor(user).get(f"{HOME}bots/").content.decode())


def test_it_ends_at_its_time(cafe: Any, support: User) -> None:
    with cafe.scope():
        grant_support(reason="Menu", days=1, granted_by=cafe.owner)

    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
        assert visitor(support).get(HOME).status_code == 404


def test_the_owner_ends_it_at_once(cafe: Any, support: User) -> None:
    with cafe.scope():
        grant = grant_support(reason="Menu", days=7, granted_by=cafe.owner)
    client = visitor(support)
    assert client.get(HOME).status_code == 200

    visitor(cafe.owner).post(f"{HOME}members/support/{grant.pk}/end/")

    assert client.get(HOME).status_code == 404
    with cafe.scope():
        end_support(grant)
        assert AuditEntry.objects.filter(action="support.ended").count() == 1


def test_a_new_grant_takes_the_place_of_the_old_one(cafe: Any) -> None:
    with cafe.scope():
        grant_support(reason="Menu", days=7, granted_by=cafe.owner)
        newest = grant_support(reason="Tool", days=1, granted_by=cafe.owner)
        assert [grant.pk for grant in SupportGrant.objects.open()] == [newest.pk]


@pytest.mark.parametrize("days", ["0", "15", "forever", "-1", ""])
def test_nobody_opens_it_for_ever(cafe: Any, days: str) -> None:
    answer = visitor(cafe.owner).post(f"{HOME}members/support/", {"reason": "x", "days": days})

    assert answer.status_code == 422
    with cafe.scope():
        assert not SupportGrant.objects.exists()


def test_admins_and_lawyers_are_no_support(cafe: Any) -> None:
    with cafe.scope():
        grant_support(reason="Menu", days=1, granted_by=cafe.owner)
    for role in (PlatformRole.ADMIN, PlatformRole.LAWYER):
        user = User.objects.create_user(f"{role}-2@chatbo.example", name="C", platform_role=role)
        assert visitor(user).get(HOME).status_code == 404


def test_the_neighbour_ends_no_grant_of_ours(cafe: Any, dentist: Any) -> None:
    with cafe.scope():
        grant = grant_support(reason="Menu", days=1, granted_by=cafe.owner)

    address = f"/app/zahnarzt-linde/members/support/{grant.pk}/end/"
    assert visitor(dentist.owner).post(address).status_code == 404
    with cafe.scope():
        assert SupportGrant.objects.open().exists()
