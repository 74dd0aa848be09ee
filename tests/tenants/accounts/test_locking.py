"""A locked business reads everything and why, changes nothing, and its subscribers can still go."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.mail.models import OutgoingMail
from tenants.accounts.errors import ReasonMissingError
from tenants.accounts.locking import lock_tenant, unlock_tenant
from tenants.accounts.models import (
    Invitation,
    Membership,
    PlatformRole,
    SupportGrant,
    Tenant,
    User,
)
from tenants.accounts.people import grant_platform_role
from tests.visitors import visitor

HOME = "/app/cafe-morgenrot/"
REASON = "Advertising without consent (no. 4 of the terms)."


@pytest.fixture
def admin(db: None) -> User:
    user = User.objects.create_user("admin@chatbo.example", name="Admin")
    return grant_platform_role(user, role=PlatformRole.ADMIN)


@pytest.fixture
def locked(cafe: Any, queue: list[Any]) -> Any:
    with platform_scope("test"):
        lock_tenant(cafe.tenant, reason=REASON)
    return cafe


def test_the_business_reads_why_and_how_to_object_on_every_page(locked: Any) -> None:
    client = visitor(locked.owner)

    for page in ("", "bots/", "consents/", "members/", "contracts/"):
        text = client.get(HOME + page).content.decode()
        assert REASON in text
        assert "mailto:kontakt@proxpert.example" in text


def test_nothing_can_be_changed(locked: Any) -> None:
    client = visitor(locked.owner)

    answer = client.post(f"{HOME}bots/new/", {"name": "Bot", "language": "de"})

    assert answer.status_code == 403
    assert REASON in answer.content.decode()


def test_what_protects_persons_goes_on(locked: Any) -> None:
    """A member may leave, and whoever was invited by mistake is uninvited."""
    second = locked.member("owner")

    assert visitor(second).post(f"{HOME}members/leave/").status_code == 302


def test_the_owners_are_told_by_mail(locked: Any) -> None:
    with locked.scope():
        mail = OutgoingMail.objects.get()
    assert mail.recipient == locked.owner.email
    assert REASON in mail.body
    assert "kontakt@proxpert.example" in mail.body


def test_unlocking_opens_everything_again(locked: Any) -> None:
    with platform_scope("test"):
        unlock_tenant(locked.tenant)
        unlock_tenant(locked.tenant)

    client = visitor(locked.owner)
    assert client.get(f"{HOME}bots/new/").status_code == 200
    assert REASON not in client.get(HOME).content.decode()
    with locked.scope():
        assert AuditEntry.objects.filter(action="tenant.unlocked").count() == 1
        assert OutgoingMail.objects.count() == 2


def test_the_same_lock_twice_is_once_and_another_reason_is_told(locked: Any) -> None:
    with platform_scope("test"):
        since = Tenant.objects.get(pk=locked.tenant.pk).locked_at
        lock_tenant(locked.tenant, reason=f" {REASON} ")
        lock_tenant(locked.tenant, reason="Another one.")
        assert Tenant.objects.get(pk=locked.tenant.pk).locked_at == since
    with locked.scope():
        assert OutgoingMail.objects.count() == 2


def test_nobody_is_locked_out_without_a_reason(cafe: Any, admin: User) -> None:
    with platform_scope("test"), pytest.raises(ReasonMissingError):
        lock_tenant(cafe.tenant, reason="  ")
    answer = visitor(admin).post(f"/platform/tenants/{cafe.tenant.pk}/", {"reason": ""})

    assert answer.status_code == 422
    assert visitor(cafe.owner).get(f"{HOME}bots/new/").status_code == 200


def test_an_admin_locks_and_unlocks_on_the_business_s_page(
    cafe: Any, dentist: Any, admin: User
) -> None:
    client = visitor(admin)
    page = f"/platform/tenants/{cafe.tenant.pk}/"

    client.post(page, {"reason": REASON})
    assert REASON in client.get(page).content.decode()
    assert visitor(cafe.owner).post(f"{HOME}bots/new/").status_code == 403
    assert visitor(dentist.owner).post("/app/zahnarzt-linde/bots/new/").status_code == 200
    with cafe.scope():
        assert AuditEntry.objects.get(action="tenant.locked").actor_id == admin.pk

    client.post(f"{page}unlock/")
    assert visitor(cafe.owner).post(f"{HOME}bots/new/").status_code == 200


@pytest.mark.parametrize("role", [PlatformRole.LAWYER, PlatformRole.SUPPORT])
def test_only_administrators_lock(cafe: Any, role: PlatformRole) -> None:
    user = User.objects.create_user("colleague@chatbo.example", name="C", platform_role=role)
    page = f"/platform/tenants/{cafe.tenant.pk}/"

    assert visitor(user).get(page).status_code == 404
    assert visitor(user).post(page, {"reason": REASON}).status_code == 404
    with cafe.scope():
        assert Tenant.objects.get().locked_at is None


def test_the_settings_can_be_read_and_not_sent(locked: Any) -> None:
    client = visitor(locked.owner)

    assert f'href="{HOME}settings/"' in client.get(HOME).content.decode()
    page = client.get(f"{HOME}settings/").content.decode()
    assert locked.tenant.company in page
    assert '<fieldset class="stack" disabled>' in page
    assert 'type="file"' not in page
    assert f'action="{HOME}' not in page
    assert client.post(f"{HOME}settings/", {"company": "Other"}).status_code == 403


def test_who_is_not_locked_sends_the_settings_as_ever(cafe: Any) -> None:
    page = visitor(cafe.owner).get(f"{HOME}settings/").content.decode()

    assert '<fieldset class="stack">' in page
    assert 'type="file"' in page


def test_mere_forms_are_offered_to_no_locked_business(locked: Any) -> None:
    client = visitor(locked.owner)

    assert f'href="{HOME}members/invite/"' not in client.get(f"{HOME}members/").content.decode()
    assert f'href="{HOME}bots/new/"' not in client.get(f"{HOME}bots/").content.decode()


def test_a_locked_owner_still_ends_withdraws_and_removes(locked: Any) -> None:
    """What a lock allows has its button: support's leave above all."""
    colleague = locked.member("viewer")
    with locked.scope():
        Invitation.objects.create(
            email="guest@example.org",
            email_index="x",
            role="viewer",
            expires_at=timezone.now() + timedelta(days=1),
        )
        grant = SupportGrant.objects.create(
            granted_by=locked.owner, reason="Help", ends_at=timezone.now() + timedelta(hours=1)
        )
        member = Membership.objects.get(user=colleague)

    page = visitor(locked.owner).get(f"{HOME}members/").text

    assert str(grant.pk) in page
    assert "guest@example.org" in page
    assert f"{HOME}members/{member.pk}/remove/" in page
    assert "Send again" not in page
    assert "Hand the business over" not in page
    answer = visitor(locked.owner).post(end_address(page))
    assert answer.status_code == 302
    with locked.scope():
        assert not SupportGrant.objects.open().exists()


def test_only_an_owner_is_sent_to_end_support(locked: Any) -> None:
    viewer = locked.member("viewer")
    with locked.scope():
        SupportGrant.objects.create(
            granted_by=locked.owner, reason="Help", ends_at=timezone.now() + timedelta(hours=1)
        )

    assert "See it under Members" in visitor(locked.owner).get(HOME).text
    assert "See it under Members" not in visitor(viewer).get(HOME).text
    assert "An owner of the business can end it." in visitor(viewer).get(HOME).text


def end_address(page: str) -> str:
    found = re.search(r'action="([^"]*support[^"]*)"', page)
    assert found, "no button that ends support"
    return found[1]
