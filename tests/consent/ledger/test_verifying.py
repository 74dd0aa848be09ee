"""Whoever holds the database, changes it, and is found: every way to lie about a consent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.signed_notes import key_of, sign
from consent.ledger.errors import LedgerBrokenError
from consent.ledger.heads import origin
from consent.ledger.models import ConsentIdentity, ConsentRecord, TreeHead
from consent.ledger.sealing import seal
from consent.ledger.tasks import verify
from consent.ledger.verifying import verify_ledger
from tests.conftest import Business

pytestmark = pytest.mark.django_db(transaction=True)

Owner = psycopg.Connection[Any]


def faults() -> list[tuple[str, Any]]:
    return [(fault.what, fault.record) for fault in verify_ledger().faults]


def test_what_nobody_touched_is_as_recorded(ledger: list[Any]) -> None:
    report = verify_ledger()

    assert (report.records, report.heads, report.faults) == (6, 1, [])


@pytest.mark.parametrize(
    "change",
    [
        "decision = 'refused'",
        "purpose = 'terms'",
        "place = 'elsewhere'",
        "given_at = given_at - interval '1 day'",
        "received_at = received_at + interval '1 microsecond'",
        "shown_at = now()",
        "subject_id = gen_random_uuid()",
        "network = '192.0.2.0'",
        "language = 'en'",
        "way = 'tap'",
        "source = 'bot'",
        "controller = 'tenant'",
        "form_sha256 = repeat('a', 64)",
        "corrects_id = gen_random_uuid()",
        "salt = decode(repeat('00', 32), 'hex')",
        "text_version_id = (SELECT id FROM texts_textversion WHERE key = 'consent-terms' LIMIT 1)",
        "text_version_id = gen_random_uuid()",
    ],
)
def test_a_record_that_was_changed_is_named(ledger: list[Any], owner: Owner, change: str) -> None:
    owner.execute(f"UPDATE ledger_consentrecord SET {change} WHERE id = %s", [ledger[2].pk])

    assert ("record_was_changed", ledger[2].pk) in faults()


def test_every_column_of_a_record_is_tried_above() -> None:
    """A new column that the hash leaves out could be changed unseen."""
    tried = str(test_a_record_that_was_changed_is_named.pytestmark)  # type: ignore[attr-defined]  # pytest's
    beside = {"id", "tenant_id"}  # The key: a row with another one is another row.

    columns = {field.column for field in ConsentRecord._meta.concrete_fields} - beside
    assert not [column for column in columns if f"'{column} = " not in tried.replace('"', "'")]


def test_a_record_that_was_dropped_is_named(ledger: list[Any], owner: Owner) -> None:
    owner.execute("DELETE FROM ledger_consentrecord WHERE id = %s", [ledger[3].pk])

    assert faults() == [("record_was_dropped", ledger[3].pk)]


def test_a_record_that_was_dropped_with_a_forged_word_that_its_time_had_come_is_named(
    ledger: list[Any], owner: Owner
) -> None:
    note = sign(origin(), Ed25519PrivateKey.generate(), f"{origin()}\nended {ledger[3].pk}\n")
    owner.execute("DELETE FROM ledger_consentrecord WHERE id = %s", [ledger[3].pk])
    owner.execute(
        "INSERT INTO ledger_endedrecord (id, tenant_id, note) VALUES (%s, %s, %s)",
        [ledger[3].pk, ledger[3].tenant_id, note],
    )

    assert faults() == [("record_was_dropped", ledger[3].pk)]


def test_a_record_that_was_added_is_named(ledger: list[Any], owner: Owner) -> None:
    added = copied(owner, ledger[0].pk)

    assert faults() == [("record_was_added", added)]
    seal()
    assert faults() == [("record_was_added", added)]


def test_two_records_that_were_swapped_are_both_named(ledger: list[Any], owner: Owner) -> None:
    """Each says what the other said."""
    owner.execute(
        "UPDATE ledger_consentrecord AS mine SET place = other.place"
        " FROM ledger_consentrecord AS other"
        " WHERE (mine.id, other.id) IN ((%s, %s), (%s, %s))",
        [ledger[0].pk, ledger[2].pk, ledger[2].pk, ledger[0].pk],
    )

    assert {record for _, record in faults()} == {ledger[0].pk, ledger[2].pk}


def test_a_record_that_was_given_to_another_business_is_found(
    ledger: list[Any], owner: Owner, dentist: Business
) -> None:
    owner.execute(
        "UPDATE ledger_consentrecord SET tenant_id = %s WHERE id = %s",
        [dentist.tenant.pk, ledger[0].pk],
    )

    assert ("record_was_changed", ledger[0].pk) in faults()


def test_two_leaves_that_changed_places_are_found(ledger: list[Any], owner: Owner) -> None:
    owner.execute("UPDATE ledger_leaf SET position = 99 WHERE id = %s", [ledger[0].pk])
    owner.execute("UPDATE ledger_leaf SET position = 0 WHERE id = %s", [ledger[1].pk])
    owner.execute("UPDATE ledger_leaf SET position = 1 WHERE id = %s", [ledger[0].pk])

    found = faults()
    assert {what for what, _ in found} == {"tile_differs", "root_differs"}


def test_a_record_and_its_leaf_that_were_rewritten_together_are_found(
    ledger: list[Any], owner: Owner
) -> None:
    """Whoever computes the leaf anew still lacks the root that was signed."""
    from consent.ledger.leaves import body_hash, leaf_of

    with platform_scope("test"):
        changed = ConsentRecord.objects.get(pk=ledger[0].pk)
    changed.decision = "refused"
    owner.execute(
        "UPDATE ledger_consentrecord SET decision = 'refused' WHERE id = %s", [changed.pk]
    )
    (identity,) = owner.execute(
        "SELECT identity_hash FROM ledger_leaf WHERE id = %s", [changed.pk]
    ).fetchone()  # type: ignore[misc]  # it is there
    leaf = leaf_of(body_hash(changed, changed.text_version.sha256), bytes(identity))
    owner.execute("UPDATE ledger_leaf SET hash = %s WHERE id = %s", [leaf, changed.pk])
    owner.execute("UPDATE ledger_tile SET hashes = overlay(hashes PLACING %s FROM 1)", [leaf])

    assert [what for what, _ in faults()] == ["root_differs"]
    with pytest.raises(LedgerBrokenError, match="root_differs"):
        seal()


@pytest.mark.parametrize("place", [0, 5])
def test_a_leaf_that_was_dropped_is_found(ledger: list[Any], owner: Owner, place: int) -> None:
    owner.execute("DELETE FROM ledger_leaf WHERE id = %s", [ledger[place].pk])

    assert "leaf_is_missing" in {what for what, _ in faults()}


def test_a_leaf_that_was_added_is_found(ledger: list[Any], owner: Owner) -> None:
    added = copied(owner, ledger[0].pk)
    owner.execute(
        "INSERT INTO ledger_leaf (id, tenant_id, position, hash, identity_hash)"
        " SELECT %s, tenant_id, 6, hash, identity_hash FROM ledger_leaf WHERE id = %s",
        [added, ledger[0].pk],
    )

    assert {what for what, _ in faults()} >= {"leaf_was_added", "record_was_changed"}


def test_a_whole_tree_that_was_signed_with_a_key_of_one_s_own_is_found(
    ledger: list[Any], owner: Owner, cafe: Business, record: Callable[..., ConsentRecord]
) -> None:
    """The public key beside it, in the same database, convinces nobody."""
    key = Ed25519PrivateKey.generate()
    head = TreeHead.objects.get()
    text = head.note.rpartition("\n\n")[0] + "\n"
    owner.execute("UPDATE ledger_treehead SET note = %s", [sign(origin(), key, text)])
    owner.execute(
        "INSERT INTO ledger_publishedkey (key, since) VALUES (%s, now())",
        [str(key_of(origin(), key))],
    )
    with cafe.scope():
        record(place="later")
    seal()  # which publishes the new head, and what keys it knows

    assert [what for what, _ in faults()] == ["head_is_not_signed_by_us"]


def test_a_head_that_was_dropped_is_found(ledger: list[Any], owner: Owner) -> None:
    owner.execute("DELETE FROM ledger_treehead")

    found = {what for what, _ in faults()}
    assert found == {"leaf_was_added", "published_head_is_missing"}


def test_a_restored_older_copy_is_found_and_not_grown(
    ledger: list[Any], owner: Owner, cafe: Business, record: Callable[..., ConsentRecord]
) -> None:
    """All of it consistent in itself; only what was published outside knows better."""
    before = {table: rows_of(owner, table) for table in TREE}
    with cafe.scope():
        record(place="later")
    seal()
    for table, rows in before.items():
        restore(owner, table, rows)

    assert [what for what, _ in faults()] == ["published_head_is_missing"]
    with cafe.scope():
        record(place="another later")
    with pytest.raises(LedgerBrokenError, match="published_head_is_missing"):
        seal()


def test_a_person_who_was_put_in_another_s_place_is_named(ledger: list[Any], owner: Owner) -> None:
    owner.execute(
        "UPDATE ledger_consentidentity AS mine SET identifier = other.identifier"
        " FROM ledger_consentidentity AS other"
        " WHERE mine.subject_id = %s AND other.subject_id = %s",
        [ledger[2].subject_id, ledger[4].subject_id],
    )

    assert faults() == [("identity_was_changed", ledger[2].pk)]


def test_a_person_who_was_erased_leaves_a_provable_record(
    ledger: list[Any], cafe: Business
) -> None:
    with cafe.scope():
        ConsentIdentity.objects.filter(subject_id=ledger[2].subject_id).delete()

    assert faults() == []


def test_a_person_s_identity_may_be_encrypted_anew(ledger: list[Any], cafe: Business) -> None:
    with cafe.scope():
        for identity in ConsentIdentity.objects.all():
            identity.save()  # another nonce, another ciphertext

    assert faults() == []


def test_a_forged_head_outside_is_found(ledger: list[Any], outside_store: Path) -> None:
    (place,) = [path for path in outside_store.rglob("heads/**/*") if path.is_file()]
    place.write_text(place.read_text().replace("\n6\n", "\n7\n"))

    assert ("published_head_is_not_signed_by_us", None) in faults()


def test_a_record_that_was_changed_before_it_was_sealed_is_named(
    ledger: list[Any], owner: Owner, cafe: Business, record: Callable[..., ConsentRecord]
) -> None:
    with cafe.scope():
        waiting = record(place="waiting")
    owner.execute(
        "UPDATE ledger_consentrecord SET decision = 'refused' WHERE id = %s", [waiting.pk]
    )
    assert faults() == [("record_was_changed", waiting.pk)]

    seal()
    assert faults() == [("record_was_changed", waiting.pk)]


def test_the_command_says_what_it_found(
    ledger: list[Any], owner: Owner, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_ledger")
    assert "6 leaves, 1 head: all is as recorded." in capsys.readouterr().out

    owner.execute("DELETE FROM ledger_consentrecord WHERE id = %s", [ledger[3].pk])
    with pytest.raises(CommandError, match="Not as it was: 1 thing"):
        call_command("verify_ledger")
    said = capsys.readouterr().err
    assert str(ledger[3].pk) in said
    assert "is missing, and we did not sign that its time had come" in said


def test_the_daily_run_raises_an_alarm_that_names_the_record(
    ledger: list[Any], owner: Owner, caplog: pytest.LogCaptureFixture
) -> None:
    owner.execute("DELETE FROM ledger_consentrecord WHERE id = %s", [ledger[3].pk])

    verify()

    assert "ledger_fault" in caplog.text
    assert str(ledger[3].pk) in caplog.text


TREE = ("consentrecord", "consentidentity", "pendingleaf", "leaf", "tile", "treehead")


def rows_of(owner: Owner, table: str) -> list[Any]:
    return owner.execute(f"SELECT to_jsonb(t) FROM ledger_{table} AS t").fetchall()


def restore(owner: Owner, table: str, rows: list[Any]) -> None:
    from psycopg.types.json import Jsonb

    owner.execute(f"DELETE FROM ledger_{table}")
    for (row,) in rows:
        owner.execute(
            f"INSERT INTO ledger_{table} OVERRIDING SYSTEM VALUE"
            f" SELECT * FROM jsonb_populate_record(NULL::ledger_{table}, %s)",
            [Jsonb(row)],
        )


def copied(owner: Owner, record: Any) -> Any:
    """A record that is another one's copy, under a number of its own."""
    added = new_id()
    owner.execute(
        "INSERT INTO ledger_consentrecord SELECT new.* FROM ledger_consentrecord AS old,"
        " jsonb_populate_record(old, jsonb_build_object('id', %s::text)) AS new WHERE old.id = %s",
        [str(added), record],
    )
    return added
