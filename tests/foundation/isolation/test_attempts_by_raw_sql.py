"""Attempts by raw SQL on every table that holds somebody's rows."""

import uuid

import pytest
from django.db import connection

from chatbo.foundation.isolation import partner_scope, user_scope
from tests.foundation.isolation.conftest import (
    Neighbours,
    attempt,
    insertion,
    is_refused,
    row_of_a_third,
)
from tests.foundation.isolation.planting import OWNED, WALLED, label, rows, wall_of

each_table = pytest.mark.parametrize("model", WALLED, ids=label)
each_owned_table = pytest.mark.parametrize("model", OWNED, ids=label)


def test_all_tables_with_rows_of_tenants_are_tried() -> None:
    labels = {label(model) for model in WALLED}

    assert {"accounts.tenant", "bots.bot", "audit.auditentry", "affiliates.referral"} <= labels
    assert len(labels) >= 20


@each_table
def test_everyone_sees_their_own_row_and_no_other(neighbours: Neighbours) -> None:
    with neighbours.as_me():
        assert rows(neighbours.model) == [neighbours.own]
    with neighbours.as_them():
        assert rows(neighbours.model) == [neighbours.row]


@each_table
def test_without_a_scope_nothing_is_shown_changed_or_taken_in(neighbours: Neighbours) -> None:
    table, by = neighbours.table, wall_of(neighbours.model).by

    assert rows(neighbours.model) == []
    for scope in (user_scope, partner_scope):  # Somebody's, who has nothing here.
        with scope(uuid.uuid4()):
            assert rows(neighbours.model) == []
    for statement in (f"UPDATE {table} SET {by} = {by}", f"DELETE FROM {table}"):
        outcome = attempt(statement)
        assert outcome == 0 or is_refused(outcome)
    neighbours.assert_untouched()
    assert is_refused(insertion(neighbours.model, row_of_a_third(neighbours.model)))


@each_table
def test_in_my_scope_their_row_cannot_be_reached(neighbours: Neighbours) -> None:
    table, by = neighbours.table, wall_of(neighbours.model).by
    for statement in (
        f"SELECT * FROM {table} WHERE id = %s",
        f"SELECT * FROM {table} WHERE id = %s FOR UPDATE",
        f"SELECT id FROM {table} WHERE id = %s OR true EXCEPT SELECT id FROM {table}",
        f"UPDATE {table} SET {by} = {by} WHERE id = %s",
        f"DELETE FROM {table} WHERE id = %s",
    ):
        with neighbours.as_me():
            outcome = attempt(statement, [neighbours.row])
        assert outcome == 0 or is_refused(outcome), statement
    neighbours.assert_untouched()


@each_table
def test_a_row_for_somebody_else_is_refused(neighbours: Neighbours) -> None:
    values = row_of_a_third(neighbours.model)

    with neighbours.as_me():
        outcome = insertion(neighbours.model, values)

    assert is_refused(outcome)


@each_table
def test_my_row_cannot_be_handed_to_somebody_else(neighbours: Neighbours) -> None:
    by = wall_of(neighbours.model).by
    with neighbours.as_me():
        outcome = attempt(
            f"UPDATE {neighbours.table} SET {by} = %s WHERE id = %s",
            [neighbours.theirs, neighbours.own],
        )

    assert is_refused(outcome)


@each_table
def test_copying_out_gives_my_own_row_only_and_copying_in_is_refused(
    neighbours: Neighbours,
) -> None:
    for source in (neighbours.table, f"(SELECT * FROM {neighbours.table})"):
        statement = f"COPY {source} TO STDOUT"
        assert _copied(statement) == b""
        with neighbours.as_me():
            copied = _copied(statement)
        assert str(neighbours.own).encode() in copied
        assert copied.count(b"\n") == 1

    with neighbours.as_me():
        outcome = attempt(f"COPY {neighbours.table} FROM STDIN")
    assert "COPY FROM not supported with row-level security" in str(outcome)


@each_owned_table
def test_the_tables_of_the_tenants_are_read_by_no_trick_of_sql(neighbours: Neighbours) -> None:
    """Whatever reads a table reads it through its policy."""
    table = neighbours.table
    for statement in (
        f"TABLE {table}",
        f"SELECT * FROM {table} TABLESAMPLE SYSTEM (100)",
        f"SELECT * FROM {table} WHERE ctid IN (SELECT ctid FROM {table})",
        f"SELECT 1 FROM {table} HAVING count(*) > 1",
        f"WITH everything AS MATERIALIZED (SELECT * FROM {table}) SELECT * FROM everything",
    ):
        assert attempt(statement) == 0
        with neighbours.as_me():
            assert attempt(statement) in {0, 1}


def _copied(statement: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return b"".join(bytes(part) for part in copy)
