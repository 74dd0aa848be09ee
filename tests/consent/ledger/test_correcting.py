"""A record that is wrong is set right by another one, by the business, and only downwards."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation.ids import new_id
from consent.ledger.correcting import correct_record
from consent.ledger.errors import CannotBeCorrectedError, NothingToWithdrawError
from consent.ledger.models import ConsentRecord
from consent.ledger.receipts import receipt_address
from consent.ledger.sealing import seal
from consent.ledger.standing import standing_on
from consent.ledger.verifying import verify_ledger
from consent.ledger.withdrawing import can_be_withdrawn, withdraw
from tenants.accounts.models import Membership, User
from tests.conftest import Business
from tests.visitors import visitor

Recording = Callable[..., ConsentRecord]
Decision, Controller = ConsentRecord.Decision, ConsentRecord.Controller
ADDRESS = "guest@example.org"


@pytest.fixture
def wrong(cafe: Business, record: Recording) -> ConsentRecord:
    """What a guest of the café did not agree to."""
    with cafe.scope():
        return record(
            controller=Controller.TENANT,
            source=ConsentRecord.Source.BOT,
            purpose=ConsentRecord.Purpose.CHAT,
            place="Anna",
            person_id=new_id(),
            identifier=ADDRESS,
        )


def page_of(business: Business, record: ConsentRecord, step: str = "") -> str:
    return f"/app/{business.tenant.slug}/consents/{record.pk}/{step}"


def test_the_business_sets_a_record_right_and_is_asked_before(
    cafe: Business, wrong: ConsentRecord
) -> None:
    client = visitor(cafe.owner)
    assert page_of(cafe, wrong, "correct/") in client.get(page_of(cafe, wrong)).text
    assert client.get(page_of(cafe, wrong, "correct/")).status_code == 200
    assert client.post(page_of(cafe, wrong, "correct/"), {}).status_code == 422
    with cafe.scope():
        assert ConsentRecord.objects.count() == 1, "looking and sending no reason changes nothing"

    for _ in range(2):
        answer = client.post(page_of(cafe, wrong, "correct/"), {"why": "disputed"})

    with cafe.scope():
        (right,) = ConsentRecord.objects.filter(corrects_id=wrong.pk)
        assert answer.url == page_of(cafe, right), "twice is once"
        assert right.decision == Decision.REFUSED
        for same in ("subject_id", "purpose", "text_version_id", "place", "source", "controller"):
            assert getattr(right, same) == getattr(wrong, same)
        assert right.way == ConsentRecord.Way.NONE
        noted = AuditEntry.objects.get(action="consents.corrected")
        assert (noted.target_id, noted.details) == (str(wrong.pk), {"mistake": "disputed"})
        assert [each.pk for each in standing_on(ADDRESS, right.given_at.date())] == [right.pk]
    seal()
    assert verify_ledger().faults == []


def test_both_records_and_their_receipts_say_it_and_lead_to_each_other(
    cafe: Business, wrong: ConsentRecord, client: Client
) -> None:
    with cafe.scope():
        right = correct_record(wrong, why="fault")
        assert correct_record(wrong, why="trial").pk == right.pk, "twice is once"
        receipts = [receipt_address(each).split("/receipt/")[1] for each in (wrong, right)]
    member = visitor(cafe.owner)
    english = {"accept-language": "en"}
    User.objects.filter(pk=cafe.owner.pk).update(language="en")

    first, second = (
        member.get(page_of(cafe, each), headers=english).text for each in (wrong, right)
    )
    assert "Corrected on " in first or "Korrigiert am " in first
    assert page_of(cafe, right) in first
    assert page_of(cafe, wrong) in second
    assert "correct/" not in first
    shown = [client.get(f"/receipt/{code}", headers=english).text for code in receipts]
    assert "Korrigiert am " in shown[0] or "Corrected on " in shown[0]
    assert receipts[1] in shown[0]
    assert receipts[0] in shown[1]


def test_a_click_without_a_name_is_set_right_under_its_pseudonym_and_withdrawn_no_more(
    cafe: Business, record: Recording
) -> None:
    with cafe.scope():
        click = record(controller=Controller.TENANT, source=ConsentRecord.Source.TOOL)
        assert can_be_withdrawn(click)
        assert correct_record(click, why="trial").subject_id == click.subject_id
        assert not can_be_withdrawn(click)
    with cafe.scope(), pytest.raises(NothingToWithdrawError):
        withdraw(record(controller=Controller.TENANT, decision=Decision.REFUSED))
    seal()
    assert verify_ledger().faults == []


@pytest.mark.parametrize(
    "what",
    [
        {"controller": Controller.PLATFORM},
        {"decision": Decision.REFUSED},
        {"decision": Decision.WITHDRAWN},
        {"decision": Decision.SHOWN},
    ],
)
def test_only_what_was_agreed_to_towards_the_business_itself(
    cafe: Business, record: Recording, what: Any
) -> None:
    with cafe.scope():
        made = record(**({"controller": Controller.TENANT} | what))
        with pytest.raises(CannotBeCorrectedError):
            correct_record(made, why="fault")
    sent = visitor(cafe.owner).post(page_of(cafe, made, "correct/"), {"why": "fault"})
    assert sent.url == page_of(cafe, made)
    assert "correct/" not in visitor(cafe.owner).get(page_of(cafe, made)).text


def test_a_reason_of_one_s_own_words_is_none(cafe: Business, wrong: ConsentRecord) -> None:
    """They might name somebody, and the log is never erased."""
    with cafe.scope(), pytest.raises(CannotBeCorrectedError):
        correct_record(wrong, why="Frau Müller sagt, sie war es nicht")


def test_neither_a_neighbour_nor_who_may_only_look_sets_anything_right(
    cafe: Business, dentist: Business, wrong: ConsentRecord
) -> None:
    looks = User.objects.create_user("looks@cafe.example", name="Looks")
    with cafe.scope():
        Membership.objects.create(user=looks, role=Membership.Role.VIEWER)
    for user, business in ((looks, cafe), (dentist.owner, cafe), (dentist.owner, dentist)):
        answer = visitor(user).post(page_of(business, wrong, "correct/"), {"why": "fault"})
        assert answer.status_code in {403, 404}
    with cafe.scope():
        assert not ConsentRecord.objects.filter(corrects_id=wrong.pk).exists()
