"""Records end when the law says so: by one function of the database, and signed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.isolation.ids import new_id
from consent.ledger.ending import end_due_records
from consent.ledger.models import ConsentIdentity, ConsentRecord, EndedRecord, Leaf
from consent.ledger.sealing import seal
from consent.ledger.verifying import verify_ledger
from tests.conftest import Business

BERLIN = ZoneInfo("Europe/Berlin")
Recording = Callable[..., ConsentRecord]
Decision = ConsentRecord.Decision


def years_ago(years: int, *, month: int = 1, day: int = 1) -> datetime:
    return datetime(timezone.localdate().year - years, month, day, 0, 0, tzinfo=BERLIN)


DUE = years_ago(4, month=12, day=31)
NOT_DUE = years_ago(3)


def left(business: Business) -> set[Any]:
    with business.scope():
        return set(ConsentRecord.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("decision", [Decision.WITHDRAWN, Decision.REFUSED, Decision.SHOWN])
def test_what_ended_is_kept_three_years_from_the_end_of_its_year(
    cafe: Business, record: Recording, decision: ConsentRecord.Decision
) -> None:
    with cafe.scope():
        record(decision=decision, given_at=DUE)
        kept = record(decision=decision, given_at=NOT_DUE)
    seal()

    assert end_due_records() == 1
    assert left(cafe) == {kept.pk}
    assert end_due_records() == 0


def test_a_consent_is_kept_as_long_as_it_holds_and_with_its_withdrawal(
    cafe: Business, record: Recording
) -> None:
    holding, withdrawing = (
        {"person_id": new_id(), "identifier": f"guest{number}@example.org"} for number in (1, 2)
    )
    with cafe.scope():
        kept = [record(given_at=DUE, **holding), record(given_at=DUE, **withdrawing)]
        kept.append(record(given_at=NOT_DUE, decision=Decision.WITHDRAWN, **withdrawing))
    seal()

    assert end_due_records() == 0
    assert left(cafe) == {each.pk for each in kept}


def test_all_records_on_a_withdrawn_consent_end_together(cafe: Business, record: Recording) -> None:
    person = {"person_id": new_id(), "identifier": "guest@example.org"}
    with cafe.scope():
        record(given_at=years_ago(6), **person)
        record(given_at=DUE, decision=Decision.WITHDRAWN, **person)
        other = record(given_at=years_ago(6), purpose=ConsentRecord.Purpose.TERMS, **person)
    seal()

    assert end_due_records() == 2
    assert left(cafe) == {other.pk}


def test_a_consent_to_which_nobody_leads_any_more_ends_with_itself(
    cafe: Business, record: Recording
) -> None:
    with cafe.scope():
        record(given_at=DUE)  # a visitor's click
        record(given_at=DUE, person_id=new_id(), identifier="guest@example.org")
        ConsentIdentity.objects.all().delete()
    seal()

    assert end_due_records() == 2


def test_what_has_ended_leaves_its_leaf_and_our_word(cafe: Business, record: Recording) -> None:
    with cafe.scope():
        ended = record(decision=Decision.REFUSED, given_at=DUE)
    seal()
    end_due_records()

    with platform_scope("test"):
        assert Leaf.objects.filter(pk=ended.pk).exists()
        assert EndedRecord.objects.get().note.startswith("127.0.0.1")
    assert verify_ledger().faults == []


def test_what_is_not_sealed_yet_is_not_ended(cafe: Business, record: Recording) -> None:
    with cafe.scope():
        record(decision=Decision.REFUSED, given_at=DUE)

    assert end_due_records() == 0


def test_one_business_s_records_do_not_end_with_another_s(
    cafe: Business, dentist: Business, record: Recording
) -> None:
    for business, at in ((cafe, DUE), (dentist, NOT_DUE)):
        with business.scope():
            record(decision=Decision.REFUSED, given_at=at)
    seal()

    assert end_due_records() == 1
    assert (len(left(cafe)), len(left(dentist))) == (0, 1)


def test_nobody_deletes_a_record_but_this_function(cafe: Business, record: Recording) -> None:
    with cafe.scope():
        record(given_at=DUE)
    for scope in (cafe.scope, lambda: platform_scope("test")):
        with pytest.raises(DatabaseError, match="permission denied"), scope():
            ConsentRecord.objects.all().delete()


def test_nobody_calls_it_inside_a_business(cafe: Business) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        cafe.scope(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM delete_due_consents()")


def test_a_temporary_table_does_not_pass_for_the_records(
    cafe: Business, record: Recording, owner_db: psycopg.Connection[Any]
) -> None:
    """It runs with its owner's rights: nothing that the caller made may be found first."""
    with cafe.scope():
        kept = record(decision=Decision.REFUSED, given_at=NOT_DUE)
    seal()

    with platform_scope("test"), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE ledger_consentrecord ON COMMIT DROP AS"
            " SELECT tenant_id, id, subject_id, purpose, 'refused' AS decision,"
            " given_at - interval '9 years' AS given_at FROM ledger_consentrecord"
        )
        cursor.execute("SELECT * FROM delete_due_consents()")
        assert cursor.fetchall() == []
        cursor.execute("DROP TABLE pg_temp.ledger_consentrecord")
    assert left(cafe) == {kept.pk}
