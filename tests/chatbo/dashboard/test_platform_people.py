"""What administrators see and do of businesses and users."""

from typing import Any

import pytest
from django.test import Client

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.mail.models import OutgoingMail
from tenants.accounts.invitations import invite_member
from tenants.accounts.models import Invitation, PlatformRole, User
from tenants.accounts.people import grant_platform_role
from tests.searching import searched
from tests.visitors import visitor

USERS = "/platform/users/"


@pytest.fixture
def admin(db: None) -> User:
    user = User.objects.create_user("admin@chatbo.example", name="Admin")
    return grant_platform_role(user, role=PlatformRole.ADMIN)


def page(user: User, address: str) -> str:
    answer = visitor(user).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_business_s_page_shows_who_belongs_to_it(cafe: Any, dentist: Any, admin: User) -> None:
    text = page(admin, f"/platform/tenants/{cafe.tenant.pk}/")

    assert cafe.owner.email in text
    assert dentist.owner.email not in text


def test_users_are_found_by_name_and_address(cafe: Any, dentist: Any, admin: User) -> None:
    assert cafe.owner.email in page(admin, "/platform/users/")
    for words in ("morgenrot", "OWNER@cafe"):
        found = page(admin, f"{USERS}?person={searched(visitor(admin), words, USERS)}")
        assert cafe.owner.email in found
        assert dentist.owner.email not in found
    nobody = searched(visitor(admin), "nobody", USERS)
    assert "Nothing found" in page(admin, f"{USERS}?person={nobody}")


def test_a_user_s_page_shows_the_businesses_and_the_second_factor(cafe: Any, admin: User) -> None:
    text = page(admin, f"/platform/users/{cafe.owner.pk}/")

    assert cafe.tenant.company in text
    assert "Second factor" in text


def test_an_admin_gives_and_takes_a_role_at_chatbo(admin: User) -> None:
    other = User.objects.create_user("new@chatbo.example", name="New")
    client = visitor(admin)

    for role in ("lawyer", "support", "none"):
        client.post(f"/platform/users/{other.pk}/", {"role": role})
        other.refresh_from_db()
        assert (other.platform_role or "none") == role
    with platform_scope("test"):
        entries = AuditEntry.objects.filter(
            action="user.platform_role_granted", target_id=str(other.pk)
        )
        assert {entry.actor_id for entry in entries} == {admin.pk}


def test_nobody_changes_their_own_role(admin: User) -> None:
    visitor(admin).post(f"/platform/users/{admin.pk}/", {"role": "none"})

    admin.refresh_from_db()
    assert admin.platform_role == PlatformRole.ADMIN


@pytest.mark.parametrize("said", [{"role": "emperor"}, {"role": ""}])
def test_an_invented_role_or_none_at_all_changes_nothing(admin: User, said: dict[str, str]) -> None:
    lawyer = User.objects.create_user("law@chatbo.example", name="L", platform_role="lawyer")

    assert visitor(admin).post(f"/platform/users/{lawyer.pk}/", said).status_code == 422
    lawyer.refresh_from_db()
    assert lawyer.platform_role == "lawyer"


def test_an_admin_sends_an_invitation_again(cafe: Any, admin: User, queue: list[Any]) -> None:
    with cafe.scope():
        invitation = invite_member(
            cafe.tenant, address="new@cafe.example", role="viewer", invited_by=cafe.owner
        )
    address = f"/platform/tenants/{cafe.tenant.pk}/invitations/{invitation.pk}/resend/"

    assert visitor(admin).post(address).status_code == 302

    with cafe.scope():
        assert OutgoingMail.objects.count() == 2
        assert Invitation.objects.get().sent_at > invitation.sent_at
        assert AuditEntry.objects.get(action="invitation.resent").actor_id == admin.pk


def test_but_not_one_of_another_business(
    cafe: Any, dentist: Any, admin: User, queue: list[Any]
) -> None:
    with cafe.scope():
        invitation = invite_member(
            cafe.tenant, address="new@cafe.example", role="viewer", invited_by=cafe.owner
        )
    address = f"/platform/tenants/{dentist.tenant.pk}/invitations/{invitation.pk}/resend/"

    assert visitor(admin).post(address).status_code == 404


def test_mails_that_came_back_are_seen(cafe: Any, admin: User) -> None:
    assert "Every mail was delivered" in page(admin, "/platform/mails/")
    with cafe.scope():
        OutgoingMail.objects.create(
            tenant_id=cafe.tenant.pk,
            recipient="gone@cafe.example",
            recipient_index="0" * 64,
            subject="Invitation",
            body="",
            gave_up=True,
            last_error="refused",
        )

    text = page(admin, "/platform/mails/")
    assert "gone@cafe.example" in text
    assert cafe.tenant.company in text
    assert "the mailbox refused it" in text


def test_an_admin_logs_somebody_out_everywhere_on_the_record(cafe: Any, admin: User) -> None:
    devices = [Client(), Client()]
    for device in devices:
        form = {"login": cafe.owner.email, "password": "correct-horse-battery"}
        assert device.post("/accounts/login/", form).status_code == 302
    ends = visitor(admin)

    answer = ends.post(f"/platform/users/{cafe.owner.pk}/end-sessions/", follow=True)

    assert "Logged out on every device." in answer.content.decode()
    assert [device.get("/accounts/profile/").status_code for device in devices] == [302, 302]
    assert ends.get("/platform/").status_code == 200
    with platform_scope("test"):
        (entry,) = AuditEntry.objects.filter(action="sessions.ended")
    assert (entry.actor_id, entry.target_id) == (admin.pk, str(cafe.owner.pk))
    again = ends.post(f"/platform/users/{cafe.owner.pk}/end-sessions/", follow=True)
    assert "Nobody is logged in with this account." in again.content.decode()
