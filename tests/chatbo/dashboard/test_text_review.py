"""The lawyer's desk: a lawyer decides, an admin reads, nobody else comes in."""

import os
import uuid
from typing import Any

import psycopg
import pytest
from django.test import Client

from consent.texts.errors import NotApprovedError
from consent.texts.models import Approval, TextVersion
from consent.texts.versions import submit_text, text_in_force
from tenants.accounts.models import User
from tests.chatbo.dashboard.conftest import Visitor
from tests.conftest import address_of


@pytest.fixture
def version(db: None) -> TextVersion:
    first = {"key": "house-rules", "language": "en", "title": "Rules", "change": "First"}
    submit_text(**first, body="Be kind to everybody")
    return submit_text(**first | {"change": "Shorter"}, body="Be kind to all")


def page(version: TextVersion) -> str:
    return f"/platform/texts/{version.pk}/"


def verdicts(version: TextVersion) -> list[str]:
    return list(Approval.objects.filter(version=version).values_list("verdict", flat=True))


def test_the_lawyer_reads_what_changed_and_approves(
    visitor: Visitor, second_lawyer: User, version: TextVersion
) -> None:
    desk = visitor(second_lawyer)
    assert page(version) in desk.get("/platform/texts/").content.decode()
    shown = desk.get(page(version)).content.decode()
    assert "everybody" in shown

    answer = desk.post(page(version), {"verdict": Approval.Verdict.APPROVED})

    assert answer.status_code == 302
    assert verdicts(version) == [Approval.Verdict.APPROVED]
    assert Approval.objects.get(version=version).lawyer == second_lawyer


def test_a_rejection_needs_its_reason(
    visitor: Visitor, second_lawyer: User, version: TextVersion
) -> None:
    desk = visitor(second_lawyer)

    answer = desk.post(page(version), {"verdict": Approval.Verdict.REJECTED})
    assert answer.status_code == 422
    assert verdicts(version) == []

    desk.post(page(version), {"verdict": Approval.Verdict.REJECTED, "remark": "Too short."})
    assert verdicts(version) == [Approval.Verdict.REJECTED]


def test_an_admin_reads_and_does_not_decide(
    visitor: Visitor, admin: User, version: TextVersion
) -> None:
    desk = visitor(admin)

    shown = desk.get(page(version))
    assert shown.status_code == 200
    assert 'name="verdict"' not in shown.content.decode()
    assert desk.post(page(version), {"verdict": Approval.Verdict.APPROVED}).status_code == 404
    assert verdicts(version) == []


@pytest.mark.parametrize("path", ["/platform/texts/", None])
def test_a_business_does_not_see_the_desk(
    visitor: Visitor, cafe: Any, version: TextVersion, path: str | None
) -> None:
    address = path or page(version)

    assert visitor(cafe.owner).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_one_decision_leads_to_the_next_text_that_waits(
    visitor: Visitor, second_lawyer: User, version: TextVersion
) -> None:
    waiting = submit_text(key="farewell", language="en", title="Bye", body="Bye", change="First")
    desk = visitor(second_lawyer)

    first = desk.post(page(version), {"verdict": Approval.Verdict.APPROVED})
    last = desk.post(page(waiting), {"verdict": Approval.Verdict.APPROVED})

    assert first["Location"] == page(waiting)
    assert last["Location"] == "/platform/texts/"


def test_pressing_twice_is_deciding_once(
    visitor: Visitor, second_lawyer: User, version: TextVersion
) -> None:
    desk = visitor(second_lawyer)

    for _ in range(2):
        desk.post(page(version), {"verdict": Approval.Verdict.APPROVED})

    assert verdicts(version) == [Approval.Verdict.APPROVED]


def test_an_approval_can_be_withdrawn_and_the_text_is_out_of_force(
    visitor: Visitor, second_lawyer: User, version: TextVersion
) -> None:
    """The first word stays on record; the last one counts."""
    desk = visitor(second_lawyer)
    desk.post(page(version), {"verdict": Approval.Verdict.APPROVED})
    assert text_in_force("house-rules", "en") == version
    assert desk.post(page(version), {"verdict": Approval.Verdict.REJECTED}).status_code == 422

    desk.post(page(version), {"verdict": Approval.Verdict.REJECTED, "remark": "The law changed."})

    assert sorted(verdicts(version)) == [Approval.Verdict.APPROVED, Approval.Verdict.REJECTED]
    with pytest.raises(NotApprovedError):
        text_in_force("house-rules", "en")
    assert "The law changed." in desk.get(page(version)).content.decode()


def test_a_text_that_was_altered_in_the_store_cannot_be_approved(
    visitor: Visitor,
    second_lawyer: User,
    database_name: str,
    transactional_db: None,
) -> None:
    """Altered past the database's own refusal, as only its superuser can."""
    altered = submit_text(key="trap", language="en", title="T", body="Fair", change="First")
    with psycopg.connect(address_of(database_name, os.environ["TESTS_SUPERUSER_URL"])) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("UPDATE texts_textversion SET body = 'Foul' WHERE key = 'trap'")

    answer = visitor(second_lawyer).post(page(altered), {"verdict": Approval.Verdict.APPROVED})

    assert "Nothing was decided" in answer.content.decode()
    assert verdicts(altered) == []


@pytest.mark.parametrize("verdict", ["", "perhaps", "APPROVED"])
def test_a_word_that_is_no_verdict_decides_nothing(
    visitor: Visitor, second_lawyer: User, version: TextVersion, verdict: str
) -> None:
    answer = visitor(second_lawyer).post(page(version), {"verdict": verdict, "remark": "Hm."})

    assert answer.status_code == 422
    assert verdicts(version) == []


def test_the_queue_holds_what_waits_until_nothing_does(
    visitor: Visitor, second_lawyer: User, version: TextVersion
) -> None:
    desk = visitor(second_lawyer)
    first = version.previous
    assert first is not None
    waiting = desk.get("/platform/texts/")
    assert list(waiting.context["pending"]) == [version], "the older one is superseded"
    assert "Read the next one" in waiting.content.decode()

    desk.post(page(version), {"verdict": Approval.Verdict.APPROVED})

    empty = desk.get("/platform/texts/")
    assert empty.context["pending"] == []
    assert "Nothing waits" in empty.content.decode()
    assert "Read the next one" not in empty.content.decode()


def test_an_admin_is_offered_nothing_to_decide(
    visitor: Visitor, admin: User, version: TextVersion
) -> None:
    assert "Read the next one" not in visitor(admin).get("/platform/texts/").content.decode()


def test_a_text_that_is_not_there_is_not_found(visitor: Visitor, second_lawyer: User) -> None:
    assert visitor(second_lawyer).get(f"/platform/texts/{uuid.uuid4()}/").status_code == 404
