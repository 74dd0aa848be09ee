"""Two owners with a row each in the table that a test is about."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import settings

from tests.foundation.isolation.planting import Model, insert, plant, row, scope_of, whole

# pytest tests/foundation/isolation/test_state_machine.py --hypothesis-profile=long
settings.register_profile("long", max_examples=5000, deadline=None, derandomize=False)


@dataclass(frozen=True)
class Neighbours:
    """``mine`` and ``theirs`` are two owners; ``row`` is theirs, ``own`` is mine."""

    model: Model
    mine: uuid.UUID
    theirs: uuid.UUID
    own: uuid.UUID
    row: uuid.UUID
    before: tuple[Any, ...]

    @property
    def table(self) -> str:
        return f'"{self.model._meta.db_table}"'

    def as_me(self) -> Any:
        return scope_of(self.model, self.mine)

    def as_them(self) -> Any:
        return scope_of(self.model, self.theirs)

    def assert_untouched(self) -> None:
        with self.as_them():
            assert whole(self.model, self.row) == self.before


@pytest.fixture
def neighbours(db: None, model: Model) -> Neighbours:
    """For tests with a parameter ``model``."""
    mine, theirs = uuid.uuid4(), uuid.uuid4()
    with scope_of(model, mine):
        own = plant(model, mine)
    with scope_of(model, theirs):
        their_row = plant(model, theirs)
        before = whole(model, their_row)
    assert before is not None
    return Neighbours(model, mine, theirs, own, their_row, before)


REFUSED = ("permission denied", "row-level security", "never changed")
"""How the database says no: by privilege, by policy, by the trigger of what is written once."""


def is_refused(outcome: int | str) -> bool:
    return isinstance(outcome, str) and any(words in outcome for words in REFUSED)


def insertion(model: Model, values: dict[str, Any]) -> int | str:
    try:
        with transaction.atomic():
            insert(model, values)
    except DatabaseError as error:
        return str(error)
    return 1


def row_of_a_third(model: Model) -> dict[str, Any]:
    """A row that would be valid, but for the scope that it is inserted in."""
    owner = uuid.uuid4()
    with scope_of(model, owner):
        return row(model, owner)


def attempt(statement: str, values: Any = ()) -> int | str:
    """How many rows a statement got hold of, or what the database said against it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return max(cursor.rowcount, 0)
    except DatabaseError as error:
        return str(error)


@pytest.fixture
def other_session(django_db_setup: None, database_name: str) -> Iterator[Any]:
    """The application on a second connection, past Django: what else runs in the process."""
    import os

    import psycopg

    from tests.conftest import address_of

    url = address_of(database_name, os.environ["DATABASE_URL"])
    with psycopg.connect(url, autocommit=True) as session:
        yield session
