"""Sealing: every record once, in one signed tree, whenever it commits and whatever is killed."""

import itertools
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from chatbo.foundation import outside
from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.signed_notes import NoteError
from chatbo.foundation.signing import believed_keys, sign_note
from consent.ledger import sealing
from consent.ledger.ending import end_due_records
from consent.ledger.errors import LedgerBrokenError
from consent.ledger.heads import latest_outside, origin, read_head
from consent.ledger.leaves import body_hash, leaf_of
from consent.ledger.merkle import is_consistent, is_included, root_of
from consent.ledger.models import (
    ConsentRecord,
    Leaf,
    PendingLeaf,
    PublishedKey,
    Tile,
    TreeHead,
)
from consent.ledger.proofs import prove_consistency, prove_record
from consent.ledger.sealing import seal
from consent.ledger.tiles import stored_nodes
from consent.ledger.verifying import verify_ledger
from tests.conftest import Business

Recorded = Callable[[Business, int], list[ConsentRecord]]


def leaves() -> list[Leaf]:
    with platform_scope("test"):
        return list(Leaf.objects.order_by("position"))


def test_what_was_recorded_gets_a_place_and_a_signed_head(
    cafe: Business, dentist: Business, recorded: Recorded
) -> None:
    records = [*recorded(cafe, 3), *recorded(dentist, 2)]

    assert seal() == 5

    assert {leaf.pk for leaf in leaves()} == {record.pk for record in records}
    assert [leaf.position for leaf in leaves()] == [0, 1, 2, 3, 4]
    head = TreeHead.objects.get()
    said = read_head(head.note, believed_keys())
    assert (said.origin, said.size, said.root) == (origin(), 5, bytes(head.root))
    assert bytes(head.root) == root_of(stored_nodes(), 5)


def test_nothing_new_makes_no_head(cafe: Business, recorded: Recorded) -> None:
    recorded(cafe, 1)
    seal()

    assert seal() == 0
    assert TreeHead.objects.count() == 1


def test_each_record_is_proved_under_the_newest_head(cafe: Business, recorded: Recorded) -> None:
    first = recorded(cafe, 5)
    seal()
    second = recorded(cafe, 4)
    seal()

    for record in [*first, *second]:
        with cafe.scope():
            proof = prove_record(record)
        assert proof is not None
        head = read_head(proof.note, believed_keys())
        body = body_hash(record, record.text_version.sha256)
        leaf = leaf_of(body, proof.identity_hash)
        assert is_included(
            leaf, position=proof.position, size=head.size, proof=proof.path, root=head.root
        )


def test_until_it_is_sealed_a_record_has_no_proof(cafe: Business, recorded: Recorded) -> None:
    (record,) = recorded(cafe, 1)

    with cafe.scope():
        assert prove_record(record) is None


def test_a_later_head_goes_on_from_every_earlier_one(cafe: Business, recorded: Recorded) -> None:
    for number in (3, 300, 1, 600):
        recorded(cafe, number)
        seal()

    heads = list(TreeHead.objects.order_by("size"))
    assert [head.size for head in heads] == [3, 303, 304, 904]
    for before, after in itertools.pairwise(heads):
        assert is_consistent(
            before=before.size,
            root_before=bytes(before.root),
            size=after.size,
            root=bytes(after.root),
            proof=prove_consistency(before.size, after.size),
        )
    assert verify_ledger().faults == []


@pytest.mark.django_db(transaction=True)
def test_a_record_that_commits_late_is_sealed_once_all_the_same(
    cafe: Business, record: Any
) -> None:
    """It has the smaller id, and is not there yet when the later one is sealed."""
    is_written, may_commit = threading.Event(), threading.Event()
    late: list[ConsentRecord] = []

    def write_and_wait() -> None:
        with tenant_scope(cafe.tenant.pk):
            late.append(record(place="late"))
            is_written.set()
            assert may_commit.wait(20)
        connection.close()

    thread = threading.Thread(target=write_and_wait)
    thread.start()
    assert is_written.wait(20)
    with cafe.scope():
        early = record(place="early")

    assert early.pk > late[0].pk
    assert seal() == 1
    may_commit.set()
    thread.join()
    assert seal() == 1
    assert seal() == 0

    assert [leaf.pk for leaf in leaves()] == [early.pk, late[0].pk]
    assert verify_ledger().faults == []


@pytest.mark.django_db(transaction=True)
def test_writing_waits_for_no_sealing(cafe: Business, record: Any) -> None:
    with cafe.scope():
        record()
    with platform_scope("test"):
        assert sealing._is_alone()
        list(sealing._waiting())  # holds the rows, as a sealing does until it commits
        written: list[ConsentRecord] = []

        def write() -> None:
            with tenant_scope(cafe.tenant.pk), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
                written.append(record())
            connection.close()

        thread = threading.Thread(target=write)
        thread.start()
        thread.join(20)
        assert len(written) == 1


@pytest.mark.django_db(transaction=True)
def test_two_sealings_at_once_seal_each_record_once(cafe: Business, recorded: Recorded) -> None:
    recorded(cafe, 40)
    sealed: list[int] = []

    def work() -> None:
        sealed.append(seal())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal()

    assert [leaf.position for leaf in leaves()] == list(range(40))
    assert verify_ledger().faults == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["signed_head", "publish_heads"])
def test_a_sealing_that_is_killed_has_happened_or_it_has_not(
    cafe: Business, recorded: Recorded, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    recorded(cafe, 3)

    class KilledError(BaseException):
        pass

    def killed(*_args: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(sealing, step, killed)
        with pytest.raises(KilledError):
            seal()
    recorded(cafe, 2)
    seal()

    assert [leaf.position for leaf in leaves()] == list(range(5))
    assert verify_ledger().faults == []
    published = latest_outside()
    assert published is not None
    assert published.size == 5


def test_many_are_sealed_block_by_block(
    cafe: Business, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BLOCK", 10)
    recorded(cafe, 25)

    assert seal() == 25
    assert [head.size for head in TreeHead.objects.order_by("size")] == [10, 20, 25]
    assert verify_ledger().faults == []


def test_heads_are_appended_outside_the_database_once(
    cafe: Business, recorded: Recorded, outside_store: Path
) -> None:
    for _ in range(2):
        recorded(cafe, 1)
        seal()
    seal()

    notes = dict(outside.entries("heads"))
    assert sorted(notes.values()) == sorted(TreeHead.objects.values_list("note", flat=True))
    places = [place for place in (outside_store / "heads").rglob("*") if place.is_file()]
    assert [place.stat().st_nlink for place in places] == [1, 1]


def test_what_is_said_outside_is_not_unsaid(outside_store: Path) -> None:
    outside.put("heads/1", "one\n")
    outside.put("heads/1", "one\n")

    with pytest.raises(outside.AlreadySaidError):
        outside.put("heads/1", "another\n")
    assert outside.latest("heads") == "one\n"


def test_with_the_outside_store_away_records_are_sealed_and_heads_come_later(
    cafe: Business, recorded: Recorded, outside_store: Path
) -> None:
    outside_store.write_text("a file where the folder should be")
    recorded(cafe, 1)
    with pytest.raises(NotADirectoryError):
        seal()
    assert len(leaves()) == 1

    outside_store.unlink()
    assert seal() == 0
    assert latest_outside() is not None


def test_what_was_put_in_past_the_product_is_never_sealed(
    cafe: Business, recorded: Recorded
) -> None:
    """With every right in the database, but without the key."""
    (genuine,) = recorded(cafe, 1)
    with cafe.scope():
        PendingLeaf.objects.create(hash=bytes(32), identity_hash=bytes(32), proof=bytes(32))

    assert seal() == 1
    assert seal() == 0

    assert [leaf.pk for leaf in leaves()] == [genuine.pk]
    assert [fault.what for fault in verify_ledger().faults] == ["record_was_added"]


def test_under_the_number_of_another_business_s_record_nothing_is_sealed(
    cafe: Business, dentist: Business, recorded: Recorded
) -> None:
    """The forged one waits beside the genuine one, which alone gets its place."""
    (genuine,) = recorded(cafe, 1)
    with dentist.scope():
        PendingLeaf.objects.create(
            id=genuine.pk, hash=bytes(32), identity_hash=bytes(32), proof=bytes(32)
        )

    assert seal() == 1

    assert [(leaf.tenant_id, leaf.pk) for leaf in leaves()] == [(cafe.tenant.pk, genuine.pk)]
    with dentist.scope():
        assert PendingLeaf.objects.get().refused_at is not None


def test_a_new_key_signs_on_and_the_old_one_s_heads_stay_believed(
    cafe: Business, recorded: Recorded, settings: Any
) -> None:
    old = settings.LEDGER_KEY
    recorded(cafe, 1)
    seal()
    recorded(cafe, 1)  # written under the old key, sealed under the new one
    settings.LEDGER_KEY = ["B" * 43 + "=", *old]
    seal()
    settings.LEDGER_KEY = ["B" * 43 + "="]
    recorded(cafe, 1)
    seal()

    assert PublishedKey.objects.count() == 2
    assert verify_ledger().faults == []


def test_what_was_signed_before_a_move_to_another_domain_stays_believed(
    cafe: Business, record: Any, settings: Any
) -> None:
    with cafe.scope():
        record(
            decision=ConsentRecord.Decision.REFUSED,
            given_at=timezone.now() - timedelta(days=5 * 366),
        )
    seal()
    end_due_records()
    settings.BASE_URL = "https://another.example"
    with cafe.scope():
        record()
    seal()

    assert verify_ledger().faults == []
    assert PublishedKey.objects.count() == 2


def test_what_the_same_key_signed_for_something_else_is_no_head(settings: Any) -> None:
    note = sign_note("127.0.0.1/texts", "127.0.0.1/texts\n3\nAAAA\ntime 2026-01-01\n")

    with pytest.raises(NoteError, match="no note of a ledger"):
        read_head(note, believed_keys())


def test_nothing_of_the_tree_is_changed_by_the_application(
    cafe: Business, recorded: Recorded
) -> None:
    recorded(cafe, 1)
    seal()
    for model in (Leaf, TreeHead, PublishedKey):
        for change in (
            lambda rows: rows.update(**{rows.model._meta.concrete_fields[-1].name: None}),
            lambda rows: rows.delete(),
        ):
            with pytest.raises(DatabaseError, match="permission denied"), platform_scope("test"):
                change(model._base_manager.all())


def test_a_tile_only_grows(
    cafe: Business, recorded: Recorded, owner_db: psycopg.Connection[Any]
) -> None:
    Tile.objects.create(level=0, index=0, hashes=b"a" * 32)
    Tile.objects.update(hashes=b"a" * 32 + b"b" * 32)

    for hashes in (b"a" * 32, b"c" * 64, b""):
        with pytest.raises(DatabaseError, match="only grow"), platform_scope("test"):
            Tile.objects.update(hashes=hashes)
    with pytest.raises(DatabaseError, match="permission denied"), platform_scope("test"):
        Tile.objects.all().delete()


def test_tiles_without_which_the_root_cannot_be_told_stop_the_sealing(
    cafe: Business, recorded: Recorded
) -> None:
    with platform_scope("test"):
        TreeHead.objects.create(size=3, root=bytes(32), note="")
    recorded(cafe, 1)

    with pytest.raises(LedgerBrokenError, match="tiles_are_missing"):
        seal()
