"""The platform's home: what waits for somebody at ChatBo, each seeing what is theirs."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatbo.foundation.mail.models import OutgoingMail
from chatbo.foundation.mail.outbox import queue_mail
from consent.erasure.models import Erasure
from dpa.contracts.drafting import draft_contract
from tenants.accounts.models import User
from tests.chatbo.dashboard.conftest import Visitor
from tests.chatbo.dashboard.test_platform_lists import open_erasure
from tests.dpa.contracts.conftest import DATA, sign

READER = "MARKER-reader@bakery.example"


@pytest.fixture
def overdue(cafe: Any) -> Erasure:
    return open_erasure(cafe, due_in=-2, last_error="platform_unreachable")


def test_the_home_says_which_jobs_do_not_succeed(
    visitor: Visitor, admin: User, overdue: Erasure
) -> None:
    (trouble,) = visitor(admin).get("/platform/").context["troubles"]

    assert (trouble.kind, trouble.failing) == ("Erasure", 1)


def test_a_job_that_succeeded_in_the_end_is_no_trouble(
    visitor: Visitor, admin: User, cafe: Any, overdue: Erasure
) -> None:
    with cafe.scope():
        overdue.finish()

    answer = visitor(admin).get("/platform/")

    assert answer.context["troubles"] == []
    assert "all jobs succeed" in answer.content.decode()


def test_the_erasures_of_all_businesses_are_counted(
    visitor: Visitor, admin: User, dentist: Any, overdue: Erasure
) -> None:
    open_erasure(dentist, due_in=9)

    answer = visitor(admin).get("/platform/")

    assert (answer.context["open"], answer.context["overdue"]) == (2, 1)
    assert "Erasures are overdue" in answer.content.decode()


def test_what_is_due_within_a_week_is_named_before_it_is_overdue(
    visitor: Visitor, admin: User, cafe: Any
) -> None:
    home = visitor(admin)
    open_erasure(cafe, due_in=9)
    assert "due within a week" not in home.get("/platform/").text

    open_erasure(cafe, due_in=6)

    assert "Erasures are due within a week" in home.get("/platform/").text


def test_a_contract_waits_once_it_is_signed(visitor: Visitor, admin: User, cafe: Any) -> None:
    desk = visitor(admin)
    with cafe.scope():
        draft = draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de")
    assert desk.get("/platform/").context["contracts"] == 0

    with cafe.scope():
        sign(draft, cafe.owner)

    assert desk.get("/platform/").context["contracts"] == 1


def test_a_mail_that_was_given_up_is_counted_without_its_reader(
    visitor: Visitor, admin: User, cafe: Any, queue: list[Any]
) -> None:
    with cafe.scope():
        queue_mail(
            to=READER,
            template="consent/signup/mail/known",
            context={"login_url": "https://chatbo.example/"},
            language="en",
        )
        assert OutgoingMail.objects.update(gave_up=True, last_error="refused") == 1

    answer = visitor(admin).get("/platform/")

    assert answer.context["mails_given_up"] == 1
    assert READER.lower() not in answer.content.decode().lower()


def test_what_waits_for_its_next_try_is_not_due_now(
    visitor: Visitor, admin: User, cafe: Any, overdue: Erasure
) -> None:
    with cafe.scope():
        overdue.try_again("platform_unreachable", after=timedelta(hours=1))

    (trouble,) = visitor(admin).get("/platform/").context["troubles"]

    assert (trouble.failing, trouble.due) == (1, 0)
    assert trouble.since < timezone.now()


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
