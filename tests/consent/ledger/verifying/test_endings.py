"""Whoever holds the database, and would have us sign for what they want gone."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.utils import timezone

from consent.ledger.ending import end_due_records
from consent.ledger.errors import LedgerBrokenError
from consent.ledger.models import ConsentRecord
from consent.ledger.sealing import seal
from consent.ledger.verifying import verify_ledger
from tests.conftest import Business, Recording

pytestmark = pytest.mark.django_db(transaction=True)

Owner = psycopg.Connection[Any]
Decision = ConsentRecord.Decision
DUE = datetime(timezone.localdate().year - 4, 12, 31, tzinfo=ZoneInfo("Europe/Berlin"))


def left(business: Business) -> set[Any]:
    with business.scope():
        return set(ConsentRecord.objects.values_list("pk", flat=True))


def test_a_record_that_was_made_to_look_due_is_not_deleted_and_named(
    cafe: Business, record: Recording, owner: Owner, caplog: pytest.LogCaptureFixture
) -> None:
    """Our word that its time had come would be the best cover for whoever wants it gone."""
    with cafe.scope():
        genuine = record(given_at=DUE, decision=Decision.REFUSED)
        young = record(place="young")
    seal()
    owner.execute(
        "UPDATE ledger_consentrecord SET given_at = given_at - interval '9 years',"
        " decision = 'refused' WHERE id = %s",
        [young.pk],
    )

    with pytest.raises(LedgerBrokenError, match="made_to_look_due"):
        end_due_records()
    assert left(cafe) == {genuine.pk, young.pk}
    assert str(young.pk) in caplog.text
    assert str(genuine.pk) not in caplog.text


def test_a_function_that_calls_everything_due_has_nothing_deleted(
    cafe: Business, record: Recording, owner: Owner
) -> None:
    with cafe.scope():
        young = record(place="young")
    seal()
    before = owner.execute(
        "SELECT pg_get_functiondef('delete_due_consents()'::regprocedure)"
    ).fetchone()
    assert before
    owner.execute(
        """CREATE OR REPLACE FUNCTION delete_due_consents() RETURNS TABLE (tenant_id uuid, id uuid)
        LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM public.ledger_consentrecord AS record
        RETURNING record.tenant_id, record.id'"""
    )
    try:
        with pytest.raises(LedgerBrokenError, match="made_to_look_due"):
            end_due_records()
    finally:
        owner.execute(before[0])
    assert left(cafe) == {young.pk}


def test_a_record_that_is_put_back_after_its_end_is_found(
    cafe: Business, record: Recording, owner: Owner
) -> None:
    with cafe.scope():
        ended = record(given_at=DUE, decision=Decision.REFUSED)
        copy = ConsentRecord.objects.get(pk=ended.pk)
    seal()
    end_due_records()
    with cafe.scope():
        copy.save(force_insert=True)

    assert [fault.what for fault in verify_ledger().faults] == ["record_was_put_back"]
