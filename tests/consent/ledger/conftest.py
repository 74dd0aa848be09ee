"""Records in the ledger."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from chatbo.foundation.isolation.ids import new_id
from consent.ledger.models import ConsentRecord
from consent.ledger.sealing import seal
from tests.conftest import Business, Recording

WITH_TRIGGERS = (
    "consentrecord",
    "leaf",
    "tile",
    "treehead",
    "endedrecord",
    "publishedkey",
    "shownform",
)


@pytest.fixture
def recorded(record: Recording) -> Callable[[Business, int], list[ConsentRecord]]:
    """So many records of a business."""

    def recording(business: Business, number: int) -> list[ConsentRecord]:
        with business.scope():
            return [record(place=f"form {place}") for place in range(number)]

    return recording


@pytest.fixture
def person(cafe: Business, record: Recording) -> str:
    """Somebody with three sealed records, beside two visitors' without a person; who it is."""
    address, who = "guest@example.org", new_id()
    with cafe.scope():
        for place, decision in enumerate(("shown", "granted", "withdrawn")):
            record(
                decision=ConsentRecord.Decision(decision),
                person_id=who,
                identifier=address,
                place=f"=form {place}",
                form="<h1>Newsletter</h1><p>Ja, bitte.</p>" if place else "",
            )
        for place in range(2):
            record(place=f"visitor {place}", decision=ConsentRecord.Decision.REFUSED)
    seal()
    return address


@pytest.fixture
def ledger(cafe: Business, dentist: Business, record: Recording) -> list[ConsentRecord]:
    """Six sealed records of two businesses, four of them on persons, in the order of the tree."""
    found = []
    for number in range(3):
        for business in (cafe, dentist):
            with business.scope():
                person = {"person_id": new_id(), "identifier": f"guest{number}@example.org"}
                found.append(record(place=f"form {number}", **(person if number else {})))
    seal()
    return found


@pytest.fixture
def owner(owner_db: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """With every trigger off, as whoever owns the tables can have it."""
    tables = [f"ledger_{name}" for name in WITH_TRIGGERS] + ["texts_textversion"]
    for table in tables:
        owner_db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
    yield owner_db
    for table in tables:
        owner_db.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())
