"""The lawyer's desk: a lawyer decides, an admin reads, nobody else comes in."""

from typing import Any

import pytest
from django.test import Client

from consent.texts.models import Approval, TextVersion
from consent.texts.versions import submit_text
from tenants.accounts.models import User
from tests.chatbo.dashboard.conftest import Visitor


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
