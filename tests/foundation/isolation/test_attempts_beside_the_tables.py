"""Attempts to learn of a neighbour's rows, or leave something for them, beside the tables."""

import ast
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction

from chatbo.foundation.isolation import platform_scope, user_scope
from tenants.bots.models import Bot
from tests.conftest import Business
from tests.foundation.isolation.conftest import Neighbours, attempt
from tests.foundation.isolation.planting import WALLED, label, plant, scope_of

each_table = pytest.mark.parametrize("model", WALLED, ids=label)


def ask(statement: str, values: Any = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def test_the_statistics_of_a_table_are_not_shown(
    transactional_db: None, owner_db: psycopg.Connection
) -> None:
    """Most common values and histogram bounds are rows, too."""
    owner = uuid.uuid4()
    for _ in range(3):
        with scope_of(Bot, owner):
            plant(Bot, owner, name="a neighbour's name")
    owner_db.execute("ANALYZE bots_bot")
    query = "SELECT most_common_vals::text FROM pg_stats WHERE tablename = 'bots_bot'"

    assert any("neighbour" in str(row) for row in owner_db.execute(query).fetchall())
    assert ask(query) == []
    with scope_of(Bot, owner):
        assert ask(query) == []
    with platform_scope("a test looks at statistics"):
        assert ask(query) == []


@each_table
def test_an_explanation_counts_no_rows_that_are_not_mine(neighbours: Neighbours) -> None:
    ((plan,),) = ask(f"EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM {neighbours.table}")

    assert plan[0]["Plan"]["Actual Rows"] == 0


@each_table
def test_a_condition_is_never_tried_on_a_row_that_is_not_mine(neighbours: Neighbours) -> None:
    """An error, or the time that it takes, would tell what stands in it."""
    raising = f"SELECT 1 / (CASE WHEN id = %s THEN 0 ELSE 1 END) FROM {neighbours.table}"
    hidden = f"SELECT 1 FROM {neighbours.table} WHERE 1 / (CASE WHEN id = %s THEN 0 ELSE 1 END) = 1"
    for statement in (raising, hidden):
        with neighbours.as_me():
            assert "division by zero" in str(attempt(statement, [neighbours.own]))
            assert attempt(statement, [neighbours.row]) == 1
        assert attempt(statement, [neighbours.row]) == 0


def test_what_other_sessions_are_doing_is_not_shown(
    db: None, other_session: psycopg.Connection
) -> None:
    """All sessions of the application are one role's; their statements hold tenants' values."""
    other_session.execute("SELECT 'a neighbour''s value'")

    for statement in (
        "SELECT query FROM pg_stat_activity",
        "SELECT * FROM pg_stat_get_activity(NULL)",
        "SELECT pg_stat_get_backend_activity(1)",
    ):
        assert "permission denied" in str(attempt(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        "SELECT lo_from_bytea(0, 'left for a neighbour')",
        "SELECT lo_open(1, 262144)",
        "SELECT lo_get(1)",
        "SELECT lo_put(1, 0, 'left for a neighbour')",
    ],
)
def test_large_objects_which_no_policy_guards_are_out_of_reach(db: None, statement: str) -> None:
    assert "permission denied" in str(attempt(statement))


def test_a_plan_made_for_the_platform_shows_nothing_to_others(db: None) -> None:
    owner = uuid.uuid4()
    with scope_of(Bot, owner):
        plant(Bot, owner)
    connection.cursor().execute("PREPARE all_bots AS SELECT id FROM bots_bot")
    try:
        with platform_scope("a test prepares a statement"):
            assert len(ask("EXECUTE all_bots")) == 1

        assert ask("EXECUTE all_bots") == []
        with scope_of(Bot, uuid.uuid4()):
            assert ask("EXECUTE all_bots") == []
    finally:
        connection.cursor().execute("DEALLOCATE all_bots")


SOURCES = [
    file
    for package in ("chatbo", "tenants", "consent", "dpa")
    for file in sorted(Path(settings.BASE_DIR, package).rglob("*.py"))
]


def test_the_product_notifies_nobody(db: None) -> None:
    """Whoever listens hears every tenant's messages: PostgreSQL has no policy for them."""
    assert len(SOURCES) > 200
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said = node.value.lower()
                assert "pg_notify" not in said, file
                assert not said.lstrip().startswith("notify "), file
    assert (
        ask(
            "SELECT proname FROM pg_proc WHERE prosrc ~* 'notify'"
            " AND pronamespace <> 'pg_catalog'::regnamespace"
        )
        == []
    )


@pytest.fixture
def listener(other_session: psycopg.Connection) -> Iterator[psycopg.Connection]:
    for channel in ("chatbo", "tenants", "bots_bot", "audit_auditentry"):
        other_session.execute(f"LISTEN {channel}")
    return other_session


def test_a_listener_hears_nothing_of_what_a_tenant_does(
    transactional_db: None, cafe: Business, listener: psycopg.Connection
) -> None:
    with cafe.scope():
        Bot.objects.create(name="café bot")
    assert list(listener.notifies(timeout=0.2, stop_after=1)) == []

    with transaction.atomic():  # It would have heard.
        connection.cursor().execute("NOTIFY chatbo, 'a test'")
    assert [heard.payload for heard in listener.notifies(timeout=5, stop_after=1)] == ["a test"]


def test_a_temporary_table_does_not_pass_for_the_memberships(
    cafe: Business, dentist: Business
) -> None:
    """Temporary tables are found before others, and everybody may make some."""
    with user_scope(cafe.owner.pk), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE accounts_membership ON COMMIT DROP AS"
            " SELECT %s::uuid AS tenant_id, %s::uuid AS user_id",
            [dentist.tenant.pk, cafe.owner.pk],
        )
        assert ask("SELECT id FROM accounts_tenant") == [(cafe.tenant.pk,)]
