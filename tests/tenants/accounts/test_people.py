"""Users: their own name and language, and roles at ChatBo."""

from typing import Any

import pytest
from django.test import Client

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope
from tenants.accounts.models import PlatformRole, User
from tenants.accounts.people import grant_platform_role
from tests.visitors import visitor


def test_one_changes_one_s_own_name_and_language(cafe: Any, client: Client) -> None:
    client.force_login(cafe.owner)
    answer = client.post("/accounts/profile/", {"name": "New Name", "language": "en"})
    assert answer.cookies["django_language"].value == "en"
    user = User.objects.get(pk=cafe.owner.pk)
    assert (user.name, user.language) == ("New Name", "en")
    assert '<html lang="en">' in client.get("/accounts/profile/").content.decode()


def test_a_profile_cannot_raise_its_own_role(cafe: Any, client: Client) -> None:
    client.force_login(cafe.owner)
    client.post("/accounts/profile/", {"name": "N", "language": "de", "platform_role": "admin"})
    assert User.objects.get(pk=cafe.owner.pk).platform_role == PlatformRole.NONE


def test_a_profile_needs_a_name_and_a_known_language(cafe: Any, client: Client) -> None:
    client.force_login(cafe.owner)
    for data in ({"name": "", "language": "de"}, {"name": "N", "language": "xx"}):
        assert client.post("/accounts/profile/", data).status_code == 422


def test_strangers_are_sent_to_the_log_in(db: None, client: Client) -> None:
    assert "/accounts/login/" in client.get("/accounts/profile/").url


def test_a_role_at_chatbo_is_granted_and_taken_on_the_record(cafe: Any, dentist: Any) -> None:
    grant_platform_role(cafe.owner, role=PlatformRole.ADMIN)
    grant_platform_role(cafe.owner, role=PlatformRole.NONE, granted_by=dentist.owner)
    with platform_scope("test"):
        first, second = AuditEntry.objects.filter(action="user.platform_role_granted").order_by(
            "at"
        )
    assert first.details == {"before": "", "after": "admin"}
    assert second.actor_id == dentist.owner.pk
    assert User.objects.get(pk=cafe.owner.pk).platform_role == PlatformRole.NONE


@pytest.mark.parametrize(
    "name",
    ["ChatBo", "chat bo support", "CHÁTBÓ", "Win https://evil.example/x", "www.evil.example"],
)
def test_nobody_takes_our_name_or_an_address_for_theirs(cafe: Any, name: str) -> None:
    answer = visitor(cafe.owner).post("/accounts/profile/", {"name": name, "language": "en"})

    assert answer.status_code == 422
    cafe.owner.refresh_from_db()
    assert cafe.owner.name != name
