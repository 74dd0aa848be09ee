"""The lawyer's desk over time: all versions of a text, what a withdrawal means, who is told."""

from typing import Any

import pytest

from chatbo.dashboard.text_history import Standing, effects_on_earlier, history_of
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.mail.models import OutgoingMail
from consent.ledger.models import ConsentRecord
from consent.ledger.recording import record_consent
from consent.texts.drafting import begin_draft
from consent.texts.models import Approval, TextVersion
from consent.texts.versions import Effect, decide_on_text, effect_since, submit_text
from tenants.accounts.models import User
from tests.chatbo.dashboard.conftest import Visitor

APPROVED, REJECTED, ENDED = Approval.Verdict


def submit(body: str, *, effect: Effect = Effect.ASK, author: User | None = None) -> TextVersion:
    return submit_text(
        key="house-rules",
        language="en",
        title="Rules",
        body=body,
        change=f"Change of {body}",
        effect=effect,
        author=author,
    )


def decide(version: TextVersion, lawyer: User, verdict: Approval.Verdict = APPROVED) -> TextVersion:
    remark = "No." if verdict == REJECTED else ""
    decide_on_text(version, lawyer=lawyer, verdict=verdict, remark=remark)
    return version


def page(version: TextVersion) -> str:
    return f"/platform/texts/{version.pk}/"


def seen(version: TextVersion) -> dict[str, str]:
    said = version.last_word()
    return {"seen": str(said.pk) if said else ""}


def mails() -> list[OutgoingMail]:
    with platform_scope("test"):
        return list(OutgoingMail.objects.order_by("id"))


@pytest.fixture
def versions(lawyer: User) -> list[TextVersion]:
    """One that was replaced, one in force, one withdrawn, one rejected, one that waits."""
    first, second = decide(submit("1"), lawyer), decide(submit("2"), lawyer)
    third = decide(decide(submit("3"), lawyer), lawyer, REJECTED)
    fourth = decide(submit("4"), lawyer, REJECTED)
    return [first, second, third, fourth, submit("5")]


def test_each_version_says_what_became_of_it(versions: list[TextVersion]) -> None:
    found = history_of(versions[0])

    assert [version for version, _ in found] == versions[::-1]
    assert [standing for _, standing in found] == [
        Standing.WAITING,
        Standing.REJECTED,
        Standing.WITHDRAWN,
        Standing.IN_FORCE,
        Standing.REPLACED,
    ]


def test_older_versions_are_one_click_away(
    visitor: Visitor, lawyer: User, admin: User, versions: list[TextVersion]
) -> None:
    for reader in (lawyer, admin):
        shown = visitor(reader).get(page(versions[1])).text.partition("All versions")[2]
        for other in (versions[0], *versions[2:]):
            assert page(other) in shown
        assert 'aria-current="page">Version 2' in shown
        for word in ("in force", "approved, replaced since", "withdrawn", "rejected", "waiting"):
            assert word in shown


def test_a_withdrawal_is_called_one_and_a_rejection_too(
    visitor: Visitor, lawyer: User, versions: list[TextVersion]
) -> None:
    desk = visitor(lawyer)
    _, _, withdrawn, rejected, _ = versions

    decision = desk.get(page(withdrawn)).text.partition("Decision</h2>")[2].partition("<dl")[0]
    assert "withdrawn" in decision
    assert "rejected" not in decision
    assert "rejected" in desk.get(page(rejected)).text.partition("Decision</h2>")[2][:600]


def test_the_list_of_decided_texts_calls_it_so_as_well(visitor: Visitor, lawyer: User) -> None:
    version = decide(decide(submit("1"), lawyer), lawyer, REJECTED)

    row = visitor(lawyer).get("/platform/texts/").text.partition(page(version))[2][:900]

    assert "withdrawn" in row
    assert "rejected" not in row


def test_before_withdrawing_the_page_says_what_holds_then_and_whom_it_concerns(
    visitor: Visitor, lawyer: User, versions: list[TextVersion]
) -> None:
    desk = visitor(lawyer)

    assert "version 1 holds again" in desk.get(page(versions[1])).text
    assert "It concerns nobody" in desk.get(page(versions[1])).text
    assert "data-follows" not in desk.get(page(versions[0])).text, "it holds no longer anyway"
    decide(versions[0], lawyer, REJECTED)
    assert "nothing of this text holds" in desk.get(page(versions[1])).text


def agree(business: Any, version: TextVersion) -> None:
    """Somebody who knows this version."""
    with business.scope():
        record_consent(
            version,
            purpose=ConsentRecord.Purpose.NEWSLETTER,
            decision=ConsentRecord.Decision.GRANTED,
            source=ConsentRecord.Source.PAGE,
            controller=ConsentRecord.Controller.PLATFORM,
            person_id=new_id(),
            identifier="somebody@mailbox.example",
        )


def test_it_counts_who_holds_the_version(
    cafe: Any, visitor: Visitor, lawyer: User, versions: list[TextVersion]
) -> None:
    agree(cafe, versions[1])
    agree(cafe, versions[0])

    shown = visitor(lawyer).get(page(versions[1])).text.partition("data-follows")[2][:900]

    assert "1 person" in shown
    assert "1 business" in shown


@pytest.mark.parametrize(
    ("before", "verdict", "flash"),
    [
        ((), APPROVED, "Approved: Rules (EN), version 1"),
        ((), REJECTED, "Rejected: Rules (EN), version 1"),
        ((APPROVED,), REJECTED, "Approval withdrawn: Rules (EN), version 1"),
    ],
)
def test_what_was_decided_is_said_in_a_word_and_mailed_to_the_author(
    visitor: Visitor,
    lawyer: User,
    admin: User,
    before: tuple[Approval.Verdict, ...],
    verdict: Approval.Verdict,
    flash: str,
) -> None:
    version = submit("1", author=admin)
    for earlier in before:
        decide(version, lawyer, earlier)

    said = {"verdict": verdict, "remark": "Because.", **seen(version)}
    answer = visitor(lawyer).post(page(version), said, follow=True)

    assert flash in answer.text
    (mail,) = mails()
    assert (mail.recipient, mail.subject) == (admin.email, flash)
    assert "Because." in mail.body
    assert page(version) in mail.body


def test_who_wrote_it_themselves_or_nobody_gets_no_mail(visitor: Visitor, lawyer: User) -> None:
    for author in (None, lawyer):
        version = submit("1", author=author)
        visitor(lawyer).post(page(version), {"verdict": APPROVED, **seen(version)})

    assert not mails()


def test_a_version_that_is_handed_in_is_mailed_to_the_lawyers_in_their_language(
    visitor: Visitor, lawyer: User, second_lawyer: User, admin: User
) -> None:
    base = decide(submit("1"), lawyer)
    User.objects.filter(pk=lawyer.pk).update(language="de")
    User.objects.create_user(
        "gone@chatbo.example", name="G", platform_role=lawyer.platform_role, is_active=False
    )
    draft = begin_draft(base, author=admin)
    said = {"title": "Rules", "body": "2", "change": "More", "reason": "Law", "effect": "ask"}
    seen_at = {"seen": draft.updated_at.isoformat()}

    answer = visitor(admin).post(
        f"/platform/texts/drafts/{draft.pk}/", {**said, **seen_at, "do": "submit"}
    )

    assert answer.status_code == 302, answer.text[-3000:]
    subjects = {mail.recipient: mail.subject for mail in mails()}
    assert subjects == {
        lawyer.email: "Ein Text wartet auf Sie: Rules (EN), Fassung 2",
        second_lawyer.email: "A text waits for you: Rules (EN), version 2",
    }
    version = TextVersion.objects.get(key="house-rules", number=2)
    assert all(page(version) in mail.body for mail in mails())


def test_the_lawyer_reads_what_each_reader_will_be_asked(
    cafe: Any, visitor: Visitor, lawyer: User
) -> None:
    """After a withdrawn version it differs, and the page says what the rooms will do."""
    first = decide(submit("1", effect=Effect.EDITORIAL), lawyer)
    second = decide(decide(submit("2", effect=Effect.ASK), lawyer), lawyer, REJECTED)
    third = submit("3", effect=Effect.INFORM)

    told = dict(effects_on_earlier(third))

    assert told == {first: Effect.INFORM, second: Effect.ASK}
    agree(cafe, second)
    shown = visitor(lawyer).get(page(third)).text
    assert "Version 1: they are told" in shown
    assert "Version 2: they are asked again" in shown
    decide(third, lawyer)
    assert {each: effect_since(each) for each in told} == told


def test_where_it_is_the_same_for_all_it_is_said_once(lawyer: User) -> None:
    decide(submit("1", effect=Effect.EDITORIAL), lawyer)
    assert effects_on_earlier(submit("2", effect=Effect.INFORM)) == []
