"""A record in one statement: two transactions that meet the same new person, and what it costs."""

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.isolation.ids import new_id
from consent.ledger.models import ConsentIdentity, ConsentRecord, PendingLeaf, ShownForm
from consent.ledger.sealing import seal
from consent.ledger.verifying import verify_ledger
from tests.conftest import Business

PERSON = "guest@example.org"


@pytest.mark.django_db(transaction=True)
def test_two_first_records_on_one_person_at_once_share_one_identity(
    cafe: Business, record: Any
) -> None:
    """The second one waits for the first, and is hashed with the identity that it made."""
    is_written, may_commit = threading.Event(), threading.Event()
    who = {"person_id": new_id(), "identifier": PERSON, "form": "Words on the screen."}
    made: list[ConsentRecord] = []

    def write(begun: threading.Event, *, wait: bool) -> None:
        with tenant_scope(cafe.tenant.pk):
            begun.set()
            made.append(record(**who))
            if wait:
                is_written.set()
                assert may_commit.wait(20)
        connection.close()

    begun = threading.Event()
    first = threading.Thread(target=write, args=(threading.Event(),), kwargs={"wait": True})
    second = threading.Thread(target=write, args=(begun,), kwargs={"wait": False})
    first.start()
    assert is_written.wait(20)
    second.start()
    assert begun.wait(20)
    second.join(0.5)
    assert second.is_alive(), "it waits for what the first one will have done"
    may_commit.set()
    first.join(20)
    second.join(20)

    with cafe.scope():
        assert ConsentIdentity.objects.count() == ShownForm.objects.count() == 1
        assert {each.subject_id for each in made} == {ConsentIdentity.objects.get().subject_id}
        assert ConsentRecord.objects.count() == PendingLeaf.objects.count() == 2
    assert seal() == 2
    assert verify_ledger().faults == []


def test_a_record_goes_to_the_database_once(cafe: Business, record: Any) -> None:
    """And once before, if a person is in it: who that is goes into its hash."""
    with cafe.scope():
        text = record().text_version
        assert text
        with CaptureQueriesContext(connection) as visitor:
            record(form="Words on the screen.")
        with CaptureQueriesContext(connection) as person:
            record(form="Words on the screen.", person_id=new_id(), identifier=PERSON)

    def of_the_ledger(captured: CaptureQueriesContext) -> list[str]:
        found = [query["sql"] for query in captured.captured_queries if "ledger_" in query["sql"]]
        return [sql.split()[0] for sql in found]

    assert of_the_ledger(visitor) == ["WITH"]
    assert of_the_ledger(person) == ["SELECT", "WITH"]


def test_a_record_that_the_database_refuses_leaves_nothing_behind(
    cafe: Business, record: Any
) -> None:
    with pytest.raises(DatabaseError), cafe.scope():
        record(place="x" * 121, form="Words on the screen.", person_id=new_id(), identifier=PERSON)

    with cafe.scope():
        assert not ConsentRecord.objects.exists()
        assert not ConsentIdentity.objects.exists()
        assert not ShownForm.objects.exists()
        assert not PendingLeaf.objects.exists()
