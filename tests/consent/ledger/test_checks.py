"""The nightly verification is kept, and tells whoever answers for the ledger."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.mail.models import OutgoingMail
from consent.ledger.check_models import LedgerCheck
from consent.ledger.checks import check_ledger
from consent.ledger.tasks import verify
from tenants.accounts.models import PlatformRole, User

pytestmark = pytest.mark.django_db(transaction=True)

Owner = psycopg.Connection[Any]


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_user(
        "admin@chatbo.example", name="Admin", platform_role=PlatformRole.ADMIN
    )


def mails() -> list[OutgoingMail]:
    with platform_scope("test"):
        return [each for each in OutgoingMail.objects.all() if "Einwilligung" in each.subject]


@pytest.fixture
def changed(ledger: list[Any], owner: Owner) -> Any:
    """A record that the database's owner has changed."""
    owner.execute("UPDATE ledger_consentrecord SET place = 'x' WHERE id = %s", [ledger[2].pk])
    return ledger[2]


def test_a_ledger_that_is_as_recorded_is_kept_as_such_and_mailed_to_nobody(
    ledger: list[Any], admin: User
) -> None:
    verify()

    check = LedgerCheck.objects.latest()
    assert (check.leaves, check.heads, check.found, check.faults) == (6, 1, 0, [])
    assert mails() == []


def test_what_was_changed_is_kept_by_name_and_mailed_to_the_administrators(
    changed: Any, admin: User
) -> None:
    verify()

    (mail,) = mails()
    assert mail.recipient == admin.email
    assert f"Nachweis {changed.pk}" in mail.body
    assert "sagt etwas anderes als bei der Aufzeichnung" in mail.body
    (fault,) = LedgerCheck.objects.latest().faults
    assert (fault["what"], fault["record"]) == ("record_was_changed", str(changed.pk))


def test_the_platform_s_home_names_it(changed: Any, admin: User, client: Client) -> None:
    client.force_login(admin)
    assert "noch nie geprüft" in client.get("/platform/").content.decode()

    check_ledger()

    page = client.get("/platform/").content.decode()
    assert "1 Abweichung gefunden" in page
    assert str(changed.pk) in page


def test_the_platform_s_home_says_when_nobody_has_looked_for_long(
    ledger: list[Any], admin: User, client: Client
) -> None:
    check_ledger()
    client.force_login(admin)
    assert "alles ist wie aufgezeichnet" in client.get("/platform/").content.decode()

    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        client.force_login(admin)
        assert "seit mehr als zwei Tagen nicht geprüft" in client.get("/platform/").content.decode()


def test_the_command_keeps_what_it_found_too(
    changed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="Not as it was: 1 thing"):
        call_command("verify_ledger")

    assert f"record {changed.pk}" in capsys.readouterr().err
    assert LedgerCheck.objects.latest().found == 1
