"""The lawyer's desk: a lawyer decides, an admin reads, nobody else comes in."""

import os
import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from consent.texts.errors import NotApprovedError
from consent.texts.models import Approval, TextVersion
from consent.texts.versions import Effect, Kind, decide_on_text, submit_text, text_in_force
from tenants.accounts.models import User
from tests.chatbo.dashboard.conftest import Visitor
from tests.conftest import address_of
from tests.meanwhile import meanwhile


@pytest.fixture
def version(db: None) -> TextVersion:
    first = {"key": "house-rules", "language": "en", "title": "Rules", "change": "First"}
    submit_text(**first, body="Be kind to everybody")
    return submit_text(**first | {"change": "Shorter"}, body="Be kind to all")


def page(version: TextVersion) -> str:
    return f"/platform/texts/{version.pk}/"


def last(version: TextVersion) -> dict[str, str]:
    """What a page that is opened now carries: the last word that it shows."""
    said = version.last_word()
    return {"seen": str(said.pk) if said else ""}


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

    withdrawn = {"verdict": Approval.Verdict.REJECTED, "remark": "The law changed."}
    desk.post(page(version), withdrawn | last(version))

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


def test_the_page_tells_effect_author_reason_and_what_is_filled_in(
    visitor: Visitor, second_lawyer: User, admin: User
) -> None:
    first = {"key": "house-rules", "language": "en", "title": "Rules", "change": "First"}
    earlier = submit_text(**first, body="Be kind")
    assert "earlier version" not in visitor(second_lawyer).get(page(earlier)).content.decode()
    version = submit_text(
        key="house-rules",
        language="en",
        title="Rules",
        body="Be kind to {{ company }}",
        placeholders={"company": Kind.LINE},
        change="For whom",
        reason="The law asks for it",
        effect=Effect.INFORM,
        author=admin,
    )
    shown = visitor(second_lawyer).get(page(version)).content.decode()

    for fact in ("they are told", "The law asks for it", "Admin", "one line", "Café Morgenrot"):
        assert fact in shown


def test_a_rejected_version_does_not_hide_what_readers_know(
    visitor: Visitor, second_lawyer: User, lawyer: User, version: TextVersion
) -> None:
    """The third is compared with the first, which is in force, not with the rejected second."""
    first = version.previous
    assert first
    decide_on_text(first, lawyer=lawyer, verdict=Approval.Verdict.APPROVED)
    decide_on_text(version, lawyer=lawyer, verdict=Approval.Verdict.REJECTED, remark="No.")
    facts = {"key": "house-rules", "language": "en", "title": "Rules", "change": "Third"}
    third = submit_text(**facts, body="Be kind to each of us")

    assert visitor(second_lawyer).get(page(third)).context["known"] == first


def test_after_a_withdrawal_the_next_one_is_compared_with_what_is_in_force(
    visitor: Visitor, second_lawyer: User, lawyer: User, version: TextVersion
) -> None:
    """The first is what people know; the second was approved, and withdrawn."""
    first = version.previous
    assert first
    for each in (first, version):
        decide_on_text(each, lawyer=lawyer, verdict=Approval.Verdict.APPROVED)
    decide_on_text(version, lawyer=lawyer, verdict=Approval.Verdict.REJECTED, remark="No.")
    facts = {"key": "house-rules", "language": "en", "title": "Rules", "change": "Third"}
    third = submit_text(**facts, body="Be kind to each of us")
    desk = visitor(second_lawyer)

    shown = desk.get(page(third))
    assert shown.context["known"] == first
    assert "Changed since version 1" in shown.text
    assert "the version in force, which people know" in shown.text

    decide_on_text(first, lawyer=lawyer, verdict=Approval.Verdict.REJECTED, remark="No.")
    nothing = desk.get(page(third))
    assert nothing.context["known"] == version, "the last that anybody has known"
    assert "No version of this text is in force now." in nothing.text


def test_nobody_overrides_a_word_that_they_have_not_seen(
    visitor: Visitor, second_lawyer: User, lawyer: User, version: TextVersion
) -> None:
    desk = visitor(second_lawyer)
    opened = desk.get(page(version)).text
    assert '<input type="hidden" name="seen" value="">' in opened
    decide_on_text(version, lawyer=lawyer, verdict=Approval.Verdict.REJECTED, remark="Unfair.")

    answer = desk.post(page(version), {"verdict": "approved", "remark": "Fine.", "seen": ""})

    assert answer.status_code == 409
    assert "Lawyer has decided: rejected (“Unfair.”)" in answer.text
    assert "Fine." in answer.text, "what was typed is still there"
    assert verdicts(version) == [Approval.Verdict.REJECTED]
    said = version.approvals.get()
    assert f'name="seen" value="{said.pk}"' in answer.text

    again = desk.post(page(version), {"verdict": "approved", "seen": str(said.pk)})
    assert again.status_code == 302
    assert text_in_force("house-rules", "en") == version


def test_a_version_whose_time_is_over_is_not_approved(
    visitor: Visitor, second_lawyer: User
) -> None:
    facts = {"key": "house-rules", "language": "en", "title": "Rules", "change": "First"}
    over = submit_text(**facts, body="Be kind", valid_until=timezone.now() - timedelta(seconds=1))
    desk = visitor(second_lawyer)
    assert "can no longer be approved" in desk.get(page(over)).text

    answer = desk.post(page(over), {"verdict": Approval.Verdict.APPROVED})

    assert "is over. Nothing was decided." in answer.text
    assert verdicts(over) == []
    desk.post(page(over), {"verdict": Approval.Verdict.REJECTED, "remark": "Too late."})
    assert verdicts(over) == [Approval.Verdict.REJECTED]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("verdict", "remark"), [("approved", ""), ("rejected", "No.")])
def test_of_two_presses_at_once_one_is_the_decision(
    visitor: Visitor, lawyer: User, verdict: str, remark: str
) -> None:
    facts = {"key": "house-rules", "language": "en", "title": "Rules", "change": "First"}
    version = submit_text(**facts, body="Be kind")
    desk = visitor(lawyer)
    answers: list[Any] = []
    said = {"verdict": verdict, "remark": remark, "seen": ""}

    meanwhile(
        lambda: decide_on_text(version, lawyer=lawyer, verdict=Approval.Verdict.APPROVED),
        lambda: answers.append(desk.post(page(version), said)),
    )

    assert answers[0].status_code == (302 if verdict == "approved" else 409)
    assert verdicts(version) == [Approval.Verdict.APPROVED]


def test_a_ready_remark_is_reason_enough(
    visitor: Visitor, second_lawyer: User, version: TextVersion
) -> None:
    said = {"verdict": Approval.Verdict.REJECTED, "ready": "unclear", "remark": "Who is all?"}
    visitor(second_lawyer).post(page(version), said)

    remark = Approval.objects.get(version=version).remark
    assert remark == "The wording is not clear enough. Who is all?"


def test_a_decision_shows_its_signature_and_a_forged_one_is_named(
    visitor: Visitor, second_lawyer: User, version: TextVersion
) -> None:
    desk = visitor(second_lawyer)
    desk.post(page(version), {"verdict": Approval.Verdict.APPROVED})
    assert "approval of a text, 2" in desk.get(page(version)).content.decode()

    Approval.objects.create(
        version=version, sha256=version.sha256, verdict="approved", lawyer=second_lawyer
    )
    assert "does not count" in desk.get(page(version)).content.decode()


def test_a_validity_ends_on_a_day_to_come(
    visitor: Visitor, second_lawyer: User, version: TextVersion
) -> None:
    desk = visitor(second_lawyer)
    ended = {"verdict": "ended", "remark": "The law changes."}
    tomorrow = timezone.localdate() + timedelta(days=1)
    desk.post(page(version), ended | {"ends_on": tomorrow})
    assert verdicts(version) == [], "never approved"

    desk.post(page(version), {"verdict": Approval.Verdict.APPROVED})
    ended |= last(version)
    assert desk.post(page(version), ended | {"ends_on": timezone.localdate()}).status_code == 422
    assert desk.post(page(version), ended | {"ends_on": tomorrow, "remark": ""}).status_code == 422
    desk.post(page(version), ended | {"ends_on": tomorrow})

    assert text_in_force("house-rules", "en") == version
    with pytest.raises(NotApprovedError):
        text_in_force("house-rules", "en", at=timezone.now() + timedelta(days=1))


def test_the_lawyer_goes_through_the_line_and_around_its_end(
    visitor: Visitor, second_lawyer: User, version: TextVersion
) -> None:
    facts = {"language": "en", "title": "T", "body": "B", "change": "First"}
    second, third = submit_text(key="b", **facts), submit_text(key="c", **facts)
    desk = visitor(second_lawyer)

    def beside(one: TextVersion) -> tuple[object, object]:
        context = desk.get(page(one)).context
        return context["preceding"], context["following"]

    assert beside(version) == (third.pk, second.pk)
    assert beside(second) == (version.pk, third.pk)
    assert beside(third) == (second.pk, version.pk)
    decided = desk.post(page(second), {"verdict": Approval.Verdict.APPROVED})
    assert decided["Location"] == page(third)


@pytest.mark.browser
def test_the_lawyer_works_with_single_keys_unless_they_are_off_or_somebody_types(
    visitor: Visitor, page: Any, site_url: str, lawyer: User
) -> None:
    facts = {"language": "en", "title": "T", "body": "B", "change": "First"}
    one, other = (submit_text(key=key, **facts) for key in ("a", "b"))
    cookie = visitor(lawyer).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": site_url}])
    page.goto(f"{site_url}/platform/texts/{one.pk}/")

    with page.expect_navigation():
        page.keyboard.press("j")
    assert str(other.pk) in page.url
    with page.expect_navigation():
        page.keyboard.press("k")
    assert str(one.pk) in page.url

    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "ready", "a rejection asks why"
    page.focus("textarea")
    page.keyboard.type("aj")
    assert page.input_value("textarea") == "aj"

    page.get_by_label("Single keys").or_(page.get_by_label("Einzelne Tasten")).uncheck()
    page.keyboard.press("a")
    page.reload()
    page.keyboard.press("a")
    assert verdicts(one) == []
    page.locator("[data-keys-switch] input").check()
    with page.expect_navigation():
        page.keyboard.press("a")

    assert verdicts(one) == [Approval.Verdict.APPROVED]
    assert str(other.pk) in page.url
