"""Seven days before an erasure is due and not done, an alarm is raised: once, to owners and us."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from chatbo.celery import app
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.mail.models import OutgoingMail
from consent.erasure import warning
from consent.erasure.models import WARN_BEFORE, Erasure
from consent.erasure.policy import policy_for
from consent.erasure.request_models import ErasureRequest
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import warn
from consent.erasure.warning import warn_of_due_erasures
from tenants.accounts.models import Membership, PlatformRole, User
from tests.outbox import mails

from .carrying_out import carried_out, change, fresh
from .crowds import channel_of_bot, someone


@pytest.fixture
def admin(db) -> User:
    return User.objects.create_user(
        "admin@chatbo.example", name="Admin", platform_role=PlatformRole.ADMIN
    )


@pytest.fixture
def erasure(cafe, person, admin) -> Erasure:
    with cafe.scope():
        return request_erasure(person.subscriber, origin=Erasure.Origin.BOT)


def mails_to(address: str) -> list[OutgoingMail]:
    return [mail for mail in mails() if mail.recipient == address]


def due_in(erasure: Erasure, days: float) -> None:
    change(erasure, due_at=timezone.now() + timedelta(days=days))


def test_a_week_before_it_is_due_owners_and_administrators_are_mailed(cafe, admin, erasure):
    due_in(erasure, 6.9)

    assert warn_of_due_erasures() == 1

    (to_owner,), (to_admin,) = mails_to(cafe.owner.email), mails_to(admin.email)
    for mail in (to_owner, to_admin):
        assert "bald fällig" in mail.subject
        assert erasure.code in mail.body
        assert "Café Morgenrot" in mail.body
    assert f"/app/cafe-morgenrot/erasures/{erasure.code}/" in to_owner.body
    assert "/platform/erasures/" in to_admin.body
    assert fresh(erasure).warned_at is not None


def test_before_that_nobody_is(admin, erasure):
    due_in(erasure, WARN_BEFORE.days + 0.1)

    assert warn_of_due_erasures() == 0
    assert mails_to(admin.email) == []


def test_it_is_raised_once(admin, erasure):
    due_in(erasure, 3)

    assert [warn_of_due_erasures(), warn_of_due_erasures()] == [1, 0]
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert warn_of_due_erasures() == 0
    assert len(mails_to(admin.email)) == 1


def test_what_is_overdue_already_is_called_so(admin, erasure):
    due_in(erasure, -1)

    warn_of_due_erasures()

    assert "überfällig" in mails_to(admin.email)[0].subject


def test_what_is_deleted_is_no_alarm_though_nobody_could_be_told_yet(platforms, admin, erasure):
    platforms.control.fail("graph", "messages", code=2)
    carried_out(erasure)
    due_in(erasure, 1)

    assert warn_of_due_erasures() == 0


def test_the_alarm_stands_in_the_log_with_what_stands_in_the_way(erasure, caplog):
    due_in(erasure, 3)
    change(erasure, last_error="OperationalError")

    warn_of_due_erasures()

    assert "erasure_due_soon" in caplog.text
    assert str(erasure.pk) in caplog.text
    assert "OperationalError" in caplog.text


def test_it_says_nothing_of_the_person(cafe, person, erasure):
    due_in(erasure, 3)

    warn_of_due_erasures()

    assert person.address not in mails_to(cafe.owner.email)[0].body


def test_each_reads_it_in_their_own_language(cafe, erasure):
    due_in(erasure, 3)
    User.objects.filter(pk=cafe.owner.pk).update(language="en")

    warn_of_due_erasures()

    assert "is due soon" in mails_to(cafe.owner.email)[0].subject


def test_an_editor_and_a_former_owner_get_none(cafe, admin, erasure):
    due_in(erasure, 3)
    User.objects.filter(pk=cafe.owner.pk).update(is_active=False)
    editor = User.objects.create_user("editor@cafe.example", name="Editor")
    with cafe.scope():
        Membership.objects.create(user=editor, role=Membership.Role.EDITOR)

    warn_of_due_erasures()

    assert mails_to(cafe.owner.email) == mails_to(editor.email) == []
    assert len(mails_to(admin.email)) == 1


def test_the_neighbours_owner_is_not_told(dentist, erasure):
    due_in(erasure, 3)

    warn_of_due_erasures()

    assert mails_to(dentist.owner.email) == []


def test_one_that_fails_takes_back_its_own_mails_alone(admin, erasure, monkeypatch):
    """Mails and note are one: killed between them, the next hour begins anew."""
    due_in(erasure, 3)

    def killed(*arguments: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(warning.log, "error", killed)
        with pytest.raises(KeyboardInterrupt):
            warn_of_due_erasures()

    assert fresh(erasure).warned_at is None
    assert mails_to(admin.email) == []
    assert warn_of_due_erasures() == 1


def test_one_that_fails_is_logged_holds_up_no_other_and_is_tried_again(
    cafe, dentist, person, erasure, caplog, monkeypatch
):
    """Whatever it is that fails: here, the café's are its mails."""
    due_in(erasure, 3)
    with dentist.scope():
        other = request_erasure(
            someone(channel_of_bot("Otto"), "otto"), origin=Erasure.Origin.TENANT
        )
    due_in(other, 4)  # Due later: it comes behind the one that fails.
    queue = warning.queue_mail

    def fails(**mail: Any) -> None:
        if mail["context"]["company"] == cafe.tenant.company:
            raise ZeroDivisionError
        queue(**mail)

    with monkeypatch.context() as patch:
        patch.setattr(warning, "queue_mail", fails)
        assert warn_of_due_erasures() == 1

    assert mails_to(dentist.owner.email)
    assert not mails_to(cafe.owner.email)
    assert fresh(erasure).warned_at is None
    assert f"'part': '{erasure.pk}'" in caplog.text
    assert warn_of_due_erasures() == 1
    assert len(mails_to(cafe.owner.email)) == 1


def test_a_kind_of_alarm_that_fails_holds_up_no_other_kind(admin, erasure, monkeypatch):
    due_in(erasure, 3)
    ErasureRequest.objects.create(
        origin=ErasureRequest.Origin.DELETION,
        app_scoped_id="4711",
        policy=policy_for("bots.Subscriber"),
        due_at=timezone.now() + timedelta(days=1),
    )

    def fails() -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(warning, "administrators", fails)
    warn()

    (mail,) = mails_to(admin.email)
    assert "Meta" in mail.subject
    monkeypatch.undo()
    warn()
    assert fresh(erasure).warned_at is not None


@pytest.mark.django_db(transaction=True)
def test_two_at_once_raise_it_once(admin, erasure):
    due_in(erasure, 3)

    def work() -> int:
        try:
            return warn_of_due_erasures()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as two:
        raised = [each.result() for each in [two.submit(work), two.submit(work)]]

    assert sum(raised) == 1
    assert len(mails_to(admin.email)) == 1


def test_the_schedule_calls_for_it_each_hour(erasure):
    (entry,) = [e for e in app.conf.beat_schedule.values() if e["task"] == warn.name]

    assert entry["schedule"].minute == {13}
    assert len(entry["schedule"].hour) == 24
    due_in(erasure, 3)
    warn()
    assert fresh(erasure).warned_at is not None


def test_it_opens_all_businesses_under_its_reason(erasure):
    warn_of_due_erasures()

    with platform_scope("test"):
        reasons = AuditEntry.objects.filter(action="platform_scope.opened")
        assert any("due soon" in entry.details["reason"] for entry in reasons)
