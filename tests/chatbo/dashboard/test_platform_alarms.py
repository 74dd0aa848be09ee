"""The platform's home: an alarm for each end that the law gives a month for; names of jobs."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone, translation

from chatbo.foundation.jobs.models import Job
from consent.erasure.accounts.asking import end_account
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.models import Erasure
from consent.erasure.policy import policy_for
from consent.erasure.request_models import ErasureRequest
from tenants.accounts.models import User
from tenants.bots.models import Subscriber
from tests.chatbo.dashboard.conftest import Visitor

pytestmark = pytest.mark.django_db

TITLES = {
    AccountEnding: "Ends of accounts",
    ErasureRequest: "Requests through Meta",
}


@pytest.fixture(params=[AccountEnding, ErasureRequest])
def job(request: Any, queue: Any) -> Any:
    """One that is open and has three weeks left."""
    due_at = timezone.now() + timedelta(days=21)
    if request.param is AccountEnding:
        ending = end_account(User.objects.create_user("leaver@leaver.example", name="Leaver"))
        AccountEnding.objects.update(due_at=due_at)
        return ending
    return ErasureRequest.objects.create(
        origin=ErasureRequest.Origin.DELETION,
        app_scoped_id="4711",
        policy=policy_for(Subscriber._meta.label),
        due_at=due_at,
    )


def home(visitor: Visitor, user: User) -> str:
    return str(visitor(user).get("/platform/").text)


def test_with_weeks_left_there_is_no_alarm(visitor: Visitor, admin: User, job: Any) -> None:
    assert TITLES[type(job)] not in home(visitor, admin)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"due_at": timedelta(days=-1)}, "are overdue"),
        ({"due_at": timedelta(days=6)}, "are due within a week"),
        ({"failed_at": timedelta(hours=-1)}, "do not succeed"),
    ],
)
def test_what_is_late_or_nearly_so_or_in_vain_is_an_alarm(
    visitor: Visitor, admin: User, job: Any, columns: dict[str, timedelta], words: str
) -> None:
    now = timezone.now()
    type(job).objects.update(**{name: now + away for name, away in columns.items()})

    assert f"{TITLES[type(job)]} {words}" in home(visitor, admin)


def test_what_is_done_is_none(visitor: Visitor, admin: User, job: Any) -> None:
    past = timezone.now() - timedelta(days=1)
    done = {"finished_at": past, "due_at": past}
    if isinstance(job, AccountEnding):
        done["deleted_at"] = past
    type(job).objects.update(**done)

    assert TITLES[type(job)] not in home(visitor, admin)


def test_every_kind_of_job_has_a_name_in_both_languages() -> None:
    kinds = [model for model in apps.get_models() if issubclass(model, Job)]
    assert Erasure in kinds
    for model in kinds:
        assert "verbose_name" in model._meta.original_attrs, model
        name = model._meta.verbose_name
        with translation.override("en"):
            english = str(name)
        with translation.override("de"):
            assert str(name) != english, f"{model._meta.label}: {english} has no German"
