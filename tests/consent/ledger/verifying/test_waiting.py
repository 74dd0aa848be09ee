"""Whoever holds the database, and keeps records from the tree, or puts them back."""

from typing import Any

import psycopg
import pytest

from consent.ledger.models import ConsentRecord, Leaf, PendingLeaf
from consent.ledger.sealing import seal
from consent.ledger.verifying import verify_ledger
from tests.conftest import Business, Recording

pytestmark = pytest.mark.django_db(transaction=True)

Owner = psycopg.Connection[Any]


def faults() -> list[tuple[str, Any]]:
    return [(fault.what, fault.record) for fault in verify_ledger().faults]


@pytest.fixture
def waiting(cafe: Business, record: Recording) -> ConsentRecord:
    with cafe.scope():
        return record(place="waiting")


def test_a_genuine_record_that_is_kept_from_the_tree_is_named(
    waiting: ConsentRecord, owner: Owner
) -> None:
    owner.execute("UPDATE ledger_pendingleaf SET refused_at = now()")
    seal()

    assert faults() == [("record_was_held_back", waiting.pk)]


def test_what_is_put_back_after_its_sealing_is_named_and_holds_up_nothing(
    waiting: ConsentRecord, owner: Owner, cafe: Business, record: Recording
) -> None:
    with cafe.scope():
        (row,) = PendingLeaf.objects.all()
    seal()
    with cafe.scope():
        row.save(force_insert=True)
        later = record(place="later")

    assert seal() == 1
    with cafe.scope():
        assert Leaf.objects.filter(pk=later.pk).exists()
    assert faults() == [("record_waits_again", waiting.pk)]
    assert seal() == 0
