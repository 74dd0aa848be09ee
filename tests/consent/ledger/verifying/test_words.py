"""Whoever holds the database, and alters what people were shown, or who they were."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from chatbo.foundation.isolation.ids import new_id
from consent.ledger.models import ConsentRecord
from consent.ledger.sealing import seal
from consent.ledger.verifying import Fault, verify_ledger
from tests.conftest import Business

pytestmark = pytest.mark.django_db(transaction=True)

Owner = psycopg.Connection[Any]


@pytest.fixture
def shown(cafe: Business, record: Callable[..., ConsentRecord]) -> ConsentRecord:
    """A sealed record on somebody who was shown a form."""
    with cafe.scope():
        found = record(form="Ja, bitte.", person_id=new_id(), identifier="guest@example.org")
    seal()
    return found


def faults() -> list[Fault]:
    return verify_ledger().faults


def test_a_form_that_was_altered_is_found(shown: ConsentRecord, owner: Owner) -> None:
    owner.execute("UPDATE ledger_shownform SET content = 'Ja, alles.'")

    assert faults() == [Fault("form_was_changed", tenant=shown.tenant_id, name=shown.form_sha256)]


def test_a_form_that_is_gone_is_found_by_a_record_that_was_given_in_it(
    shown: ConsentRecord, owner: Owner
) -> None:
    owner.execute("DELETE FROM ledger_shownform")

    assert faults() == [
        Fault("form_is_missing", record=shown.pk, tenant=shown.tenant_id, name=shown.form_sha256)
    ]


@pytest.mark.parametrize("column", ["title", "body", "number"])
def test_a_text_that_was_altered_under_its_hash_is_found(
    shown: ConsentRecord, owner: Owner, column: str
) -> None:
    text = shown.text_version
    altered = "999" if column == "number" else f"{column} || ' and more'"
    owner.execute(
        f"UPDATE texts_textversion SET {column} = {altered} WHERE id = %s".encode(), [text.pk]
    )
    try:
        assert Fault("text_was_changed", text=text.pk) in faults()
    finally:
        owner.execute(
            "UPDATE texts_textversion SET title = %s, body = %s, number = %s WHERE id = %s",
            [text.title, text.body, text.number, text.pk],
        )


def test_a_person_who_is_found_by_another_s_address_is_named(
    shown: ConsentRecord, owner: Owner
) -> None:
    owner.execute("UPDATE ledger_consentidentity SET identifier_index = repeat('a', 64)")

    assert [(fault.what, fault.record) for fault in faults()] == [
        ("identity_was_changed", shown.pk)
    ]


@pytest.mark.parametrize(
    "broken",
    [
        "UPDATE ledger_consentidentity SET identifier = 'garbage'",
        "UPDATE ledger_consentrecord SET given_at = 'infinity'",
        "UPDATE ledger_consentrecord SET given_at = '0044-03-15 12:00:00 BC'",
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_hides_no_other(
    shown: ConsentRecord,
    owner: Owner,
    cafe: Business,
    record: Callable[..., ConsentRecord],
    broken: str,
) -> None:
    with cafe.scope():
        other = record(place="another")
    seal()
    owner.execute(f"{broken} WHERE subject_id = %s".encode(), [shown.subject_id])
    owner.execute("UPDATE ledger_consentrecord SET place = 'x' WHERE id = %s", [other.pk])

    assert {fault.record for fault in faults()} == {shown.pk, other.pk}
