"""Whoever holds the database, or what is kept outside it, and alters the tree's own hashes."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from django.utils import timezone

from chatbo.foundation import outside
from consent.ledger.errors import LedgerBrokenError
from consent.ledger.models import ConsentRecord, Tile
from consent.ledger.sealing import seal
from consent.ledger.verifying import Fault, verify_ledger
from tests.conftest import Business

pytestmark = pytest.mark.django_db(transaction=True)

Owner = psycopg.Connection[Any]
Recorded = Callable[[Business, int], list[ConsentRecord]]


def faults() -> set[str]:
    return {fault.what for fault in verify_ledger().faults}


def test_tiles_of_every_level_are_those_of_the_leaves(cafe: Business, recorded: Recorded) -> None:
    recorded(cafe, 2 * 256 + 3)
    seal()

    assert set(Tile.objects.values_list("level", "index")) == {(0, 0), (0, 1), (0, 2), (1, 0)}
    assert faults() == set()


def test_a_hash_that_was_altered_above_the_leaves_is_found(
    cafe: Business, recorded: Recorded, owner: Owner
) -> None:
    recorded(cafe, 300)
    seal()
    owner.execute("UPDATE ledger_tile SET hashes = sha256(hashes) WHERE level = 1")

    assert verify_ledger().faults == [Fault("tile_differs", position=0)]


@pytest.mark.parametrize("level", [0, 1])
def test_a_tile_that_is_gone_is_found(
    cafe: Business, recorded: Recorded, owner: Owner, level: int
) -> None:
    recorded(cafe, 300)
    seal()
    owner.execute("DELETE FROM ledger_tile WHERE level = %s", [level])

    assert "tile_is_missing" in faults()


def test_a_tile_that_was_lengthened_is_found_and_not_grown(
    ledger: list[Any], owner: Owner, cafe: Business, recorded: Recorded
) -> None:
    owner.execute("UPDATE ledger_tile SET hashes = hashes || sha256('') WHERE level = 0")

    assert faults() == {"tile_differs"}
    recorded(cafe, 1)
    with pytest.raises(LedgerBrokenError, match="tiles_differ"):
        seal()


def test_a_tile_of_nothing_is_found(ledger: list[Any], owner: Owner) -> None:
    owner.execute("INSERT INTO ledger_tile (level, index, hashes) VALUES (1, 0, sha256(''))")

    assert faults() == {"tile_differs"}


def test_what_stands_behind_a_leaf_that_was_dropped_is_looked_at_all_the_same(
    ledger: list[Any], owner: Owner
) -> None:
    owner.execute("DELETE FROM ledger_leaf WHERE id = %s", [ledger[0].pk])
    owner.execute("UPDATE ledger_consentrecord SET place = 'x' WHERE id = %s", [ledger[5].pk])

    found = {(fault.what, fault.record) for fault in verify_ledger().faults}
    assert ("leaf_is_missing", None) in found
    assert ("record_was_changed", ledger[5].pk) in found


def test_a_leaf_before_the_first_place_is_named(ledger: list[Any], owner: Owner) -> None:
    owner.execute("UPDATE ledger_leaf SET position = -5 WHERE id = %s", [ledger[0].pk])

    found = {(fault.what, fault.record) for fault in verify_ledger().faults}
    assert ("leaf_was_added", ledger[0].pk) in found


def test_a_head_that_says_another_time_is_found(ledger: list[Any], owner: Owner) -> None:
    owner.execute("UPDATE ledger_treehead SET at = at - interval '1 year'")

    assert faults() == {"head_says_something_else"}


def files(store: Path, folder: str) -> list[Path]:
    return sorted(path for path in (store / folder).rglob("*") if path.is_file())


def test_a_head_that_was_taken_from_outside_is_found(
    ledger: list[Any], outside_store: Path, cafe: Business, recorded: Recorded
) -> None:
    recorded(cafe, 1)
    seal()
    files(outside_store, "heads")[0].unlink()

    assert verify_ledger().faults == [Fault("head_is_not_outside", size=6)]


def test_heads_that_are_not_outside_are_an_alarm_after_an_hour(
    ledger: list[Any], outside_store: Path
) -> None:
    (only,) = files(outside_store, "heads")
    only.unlink()

    assert faults() == set()  # The store may have been away.
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert faults() == {"head_is_not_outside"}


def test_what_is_no_text_outside_is_named_and_hides_nothing(
    ledger: list[Any], outside_store: Path, owner: Owner
) -> None:
    (outside_store / "heads" / "0000").write_bytes(b"\xff\xfe\x00")
    outside.put("keys/00000000", "no key")
    owner.execute("INSERT INTO ledger_publishedkey (key, since) VALUES ('no key', now())")
    owner.execute("UPDATE ledger_consentrecord SET place = 'x' WHERE id = %s", [ledger[5].pk])

    found = {(fault.what, fault.name, fault.record) for fault in verify_ledger().faults}
    assert found == {
        ("published_head_is_not_signed_by_us", "heads/0000", None),
        ("kept_key_is_unreadable", "keys/00000000", None),
        ("published_key_is_unreadable", "no key", None),
        ("record_was_changed", "", ledger[5].pk),
    }
