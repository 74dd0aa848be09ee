"""Who changes their address stays one person, and each record proves the one it was made under."""

from collections.abc import Callable
from typing import Any

import pytest

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.isolation.ids import new_id
from consent.ledger.holders import Holders, holders_of
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.ledger.proofs import prove_record
from consent.ledger.sealing import seal
from consent.ledger.standing import standing_now, standing_on
from consent.ledger.verifying import verify_ledger
from consent.ledger.withdrawing import can_be_withdrawn, withdraw, withdraw_by_erasure
from tests.conftest import Business

Recording = Callable[..., ConsentRecord]
Decision, Purpose = ConsentRecord.Decision, ConsentRecord.Purpose
OLD, NEW = "old@example.org", "New@example.org"


@pytest.fixture
def who() -> Any:
    return new_id()


@pytest.fixture
def both(cafe: Business, record: Recording, who: Any) -> list[ConsentRecord]:
    """Agreed to under either address."""
    with cafe.scope():
        return [
            record(person_id=who, identifier=OLD),
            record(person_id=who, identifier=NEW),
            record(person_id=who, identifier=NEW.lower(), purpose=Purpose.TERMS),
        ]


def test_either_address_finds_all_records(cafe: Business, both: list[ConsentRecord]) -> None:
    with cafe.scope():
        for address in (OLD, NEW):
            assert set(ConsentRecord.objects.about(address)) == set(both)
        assert not ConsentRecord.objects.about("other@example.org").exists()


def test_each_record_proves_the_address_that_it_was_made_under(
    cafe: Business, both: list[ConsentRecord]
) -> None:
    seal()
    assert verify_ledger().faults == []
    with cafe.scope():
        proofs = [prove_record(each, with_identity=True) for each in both]
        assert [proof.identity[1] for proof in proofs if proof and proof.identity] == [
            OLD,
            NEW,
            NEW,
        ]
        assert ConsentIdentity.objects.count() == 2


def test_one_thing_stands_on_each_purpose_whichever_address_is_asked_for(
    cafe: Business, both: list[ConsentRecord], who: Any
) -> None:
    with cafe.scope():
        expected = [both[2].pk, both[1].pk]
        assert [each.pk for each in standing_now(who)] == expected
        for address in (OLD, NEW):
            day = both[0].given_at.date()
            assert [each.pk for each in standing_on(address, day)] == expected
    with platform_scope("test"):
        granted = [Decision.GRANTED]
        counted = holders_of([both[0].text_version_id], decisions=granted)
        assert counted == Holders(people=1, businesses=1)


@pytest.mark.parametrize("pressed", [0, 1])
def test_one_press_withdraws_under_all_addresses(
    cafe: Business, both: list[ConsentRecord], who: Any, pressed: int
) -> None:
    with cafe.scope():
        withdraw(both[pressed])
        withdraw(both[1 - pressed])

        assert not any(can_be_withdrawn(each) for each in both)
        withdrawn = ConsentRecord.objects.filter(decision=Decision.WITHDRAWN)
        assert {each.subject_id for each in withdrawn} == {each.subject_id for each in both}
        assert withdrawn.count() == 2
        (newsletter,) = [each for each in standing_now(who) if each.purpose == Purpose.NEWSLETTER]
        assert newsletter.decision == Decision.WITHDRAWN
    seal()
    assert verify_ledger().faults == []


def test_an_erasure_withdraws_under_all_addresses(
    cafe: Business, both: list[ConsentRecord], who: Any
) -> None:
    with cafe.scope():
        ended = withdraw_by_erasure([who], source=ConsentRecord.Source.PAGE)

        assert {(each.subject_id, each.purpose) for each in ended} == {
            (each.subject_id, each.purpose) for each in both
        }
