"""The first administrator is made by a command, by whoever may run one."""

import io
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope
from tenants.accounts.models import PlatformRole, User

NEW = "first@chatbo.example"


def make_admin(*arguments: str) -> str:
    said = io.StringIO()
    call_command("make_admin", *arguments, stdout=said)
    return said.getvalue()


def test_a_new_user_chooses_the_password_by_a_link_and_is_inside(db: Any) -> None:
    said = make_admin(NEW, "--name", "First")
    link = re.search(r"http://127.0.0.1:8000(/accounts/password/reset/key/\S+)", said)
    assert link
    client = Client()
    form = client.get(link[1]).url

    password = "a-sentence-to-remember"
    client.post(form, {"password1": password, "password2": password})

    user = User.objects.get(email=NEW)
    assert user.platform_role == PlatformRole.ADMIN
    assert user.check_password(password)


def test_the_link_works_once(db: Any) -> None:
    found = re.search(r"http://127.0.0.1:8000(\S+)", make_admin(NEW, "--name", "First"))
    assert found
    client = Client()
    form = client.get(found[1]).url
    client.post(
        form, {"password1": "a-sentence-to-remember", "password2": "a-sentence-to-remember"}
    )

    assert "/key/" not in getattr(Client().get(found[1]), "url", "")


def test_a_user_who_is_there_becomes_one_without_a_new_password(cafe: Any) -> None:
    said = make_admin(cafe.owner.email)

    cafe.owner.refresh_from_db()
    assert cafe.owner.platform_role == PlatformRole.ADMIN
    assert "http" not in said


def test_it_stands_in_the_audit_log(db: Any) -> None:
    make_admin(NEW, "--name", "First")

    with platform_scope("test"):
        entry = AuditEntry.objects.get(action="user.platform_role_granted")
    assert entry.details == {"before": "", "after": "admin"}


@pytest.mark.parametrize("arguments", [["no-address", "--name", "X"], [NEW], [NEW, "--name", " "]])
def test_what_is_wrong_is_said_in_a_sentence(db: Any, arguments: list[str]) -> None:
    with pytest.raises(CommandError, match=r"address"):
        make_admin(*arguments)
    assert not User.objects.filter(email=NEW).exists()
