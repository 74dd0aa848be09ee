"""Seven days before something asked of ChatBo itself is due and not done, administrators know."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from consent.erasure import warning
from consent.erasure.accounts.asking import end_account
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.models import WARN_BEFORE
from consent.erasure.policy import policy_for
from consent.erasure.request_models import ErasureRequest
from consent.erasure.tasks import warn
from tenants.accounts.models import PlatformRole, User
from tests.outbox import mails

MODELS = (AccountEnding, ErasureRequest)


@pytest.fixture
def admin(db):
    return User.objects.create_user(
        "admin@chatbo.example", name="Admin", platform_role=PlatformRole.ADMIN
    )


@pytest.fixture
def jobs(admin, queue):
    """The end of somebody's account, and a request of Meta's; due in a month."""
    leaver = User.objects.create_user("leaver@mail.example", name="Leaver")
    ErasureRequest.objects.create(
        origin=ErasureRequest.Origin.DELETION,
        app_scoped_id="4711",
        policy=policy_for("bots.Subscriber"),
        due_at=timezone.now() + timedelta(days=30),
    )
    return {AccountEnding: end_account(leaver), ErasureRequest: ErasureRequest.objects.get()}


def due_in(days):
    for model in MODELS:
        model.objects.update(due_at=timezone.now() + timedelta(days=days))


def told(admin):
    return [mail for mail in mails() if mail.recipient == admin.email]


def test_a_week_before_administrators_are_mailed_of_each(admin, jobs):
    due_in(6.9)

    with translation.override(admin.language):
        warn()

    of_account, of_meta = told(admin)
    assert "Das Ende eines Kontos ist bald fällig" in of_account.subject
    assert "Eine Anfrage über Meta ist bald fällig" in of_meta.subject
    for mail, job in zip((of_account, of_meta), jobs.values(), strict=True):
        assert job.code in mail.body
        assert "/platform/" in mail.body
        assert "leaver@mail.example" not in mail.body
        assert "4711" not in mail.body
    assert all(model.objects.get().warned_at is not None for model in MODELS)


def test_before_that_nobody_is(admin, jobs):
    due_in(WARN_BEFORE.days + 0.1)

    warn()

    assert told(admin) == []


def test_once_for_each_and_what_is_late_already_is_called_so(admin, jobs):
    due_in(-1)

    warn()
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        warn()

    assert ["überfällig" in mail.subject for mail in told(admin)] == [True, True]


def test_one_that_fails_holds_up_no_other_and_is_tried_again(admin, jobs, monkeypatch):
    due_in(3)
    mail = warning.mail_administrators

    def fails(template, **facts):
        if facts["code"] == jobs[AccountEnding].code:
            raise ZeroDivisionError
        mail(template, **facts)

    with monkeypatch.context() as patch:
        patch.setattr(warning, "mail_administrators", fails)
        warn()

    assert [each.subject.count("Meta") for each in told(admin)] == [1]
    warn()
    assert len(told(admin)) == 2


def test_what_is_done_raises_no_alarm(admin, jobs):
    due_in(1)
    AccountEnding.objects.update(deleted_at=timezone.now())
    ErasureRequest.objects.update(finished_at=timezone.now())

    warn()

    assert told(admin) == []
