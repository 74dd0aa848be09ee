"""Every hole in the wall is found and named: each is made once, for real, and taken back."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.core.checks import Tags, run_checks

from chatbo.foundation.isolation.catalog import read_catalog
from chatbo.foundation.isolation.statements import Walled, stated_for_tables
from chatbo.foundation.isolation.walls import DEFINER_FUNCTIONS, Hole, holes_in
from tests.conftest import address_of
from tests.foundation.isolation.holes import MINE, OF_A_SUPERUSER, OF_THE_OWNER


@pytest.fixture
def superuser(db: None, database_name: str) -> Iterator[psycopg.Connection[Any]]:
    """Who may do everything, as whoever puts the server up: here to make any hole there is."""
    url = address_of(database_name, os.environ["TESTS_SUPERUSER_URL"])
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def after(superuser) -> Callable[..., list[Hole]]:
    """The holes that are there after these statements, which are then taken back."""

    def holes(*statements: str) -> list[Hole]:
        with superuser.transaction(force_rollback=True), superuser.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE chatbo_owner")
            for statement in statements:
                cursor.execute(statement)
            cursor.execute("RESET ROLE")
            return holes_in(read_catalog(cursor))

    return holes


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_migrated_database_has_no_hole():
    found = run_checks(tags=[Tags.database], databases=["default", "owner"])

    assert [message for message in found if message.id.startswith("isolation.")] == []


def test_without_a_database_named_the_check_asks_none(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert run_checks(tags=[Tags.database]) == []


def test_the_wall_of_every_table_that_is_stated_is_looked_at(after):
    walled = {name for name, wall in stated_for_tables().items() if isinstance(wall, Walled)}

    holes = after(*(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in walled))

    assert {"bots_bot", "accounts_tenant", "affiliates_referral", "audit_auditentry"} <= walled
    assert {hole.table for hole in holes} == walled


@pytest.mark.parametrize(("table", "code", "words", "statement"), OF_THE_OWNER)
def test_a_hole_is_found_in_its_table_and_nowhere_else(after, table, code, words, statement):
    holes = after(statement)

    assert {hole.table for hole in holes} == {table}
    (found, *_more) = [hole for hole in holes if hole.code == code and words in hole.text]
    assert found.remedy.strip()


@pytest.mark.parametrize(("code", "words", "statement"), OF_A_SUPERUSER)
def test_what_only_a_superuser_can_do_is_found_too(superuser, code, words, statement):
    with superuser.transaction(force_rollback=True), superuser.cursor() as cursor:
        cursor.execute(statement)
        holes = holes_in(read_catalog(cursor))

    assert [hole for hole in holes if hole.code == code and words in str(hole)]


def test_a_function_that_refuses_no_longer_is_found_wherever_it_stands(after):
    holes = after(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'"
    )

    assert {"audit_auditentry", "texts_textversion", "contracts_signature"} <= {
        hole.table for hole in holes if hole.code == "E008"
    }


PARTITIONED = """
    CREATE TABLE diary (tenant_id uuid NOT NULL, id uuid, PRIMARY KEY (tenant_id, id))
        PARTITION BY HASH (tenant_id);
    CREATE TABLE diary_0 PARTITION OF diary FOR VALUES WITH (MODULUS 1, REMAINDER 0);
"""


def wall(table: str) -> str:
    """What ``IsolateTable`` writes."""
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY own ON {table} USING ({MINE}) WITH CHECK ({MINE});
        CREATE POLICY platform ON {table} TO chatbo_platform USING (true);
    """


def test_a_partition_needs_the_wall_of_its_own(after):
    assert {hole.table for hole in after(PARTITIONED, wall("diary"))} == {"diary_0"}
    assert after(PARTITIONED, wall("diary"), wall("diary_0")) == []


def test_a_partition_out_of_the_applications_reach_needs_none(after):
    revoked = "REVOKE ALL ON diary_0 FROM chatbo_app, chatbo_platform"

    assert after(PARTITIONED, wall("diary"), revoked) == []


def test_a_view_that_reads_with_the_callers_rights_is_no_hole(after):
    view = "CREATE VIEW names WITH (security_invoker = true) AS SELECT name FROM bots_bot"

    assert after(view) == []


def test_a_key_into_ones_own_tenant_is_no_hole(after):
    assert (
        after("ALTER TABLE bots_rule ADD FOREIGN KEY (tenant_id) REFERENCES accounts_tenant") == []
    )


def test_a_table_of_a_newer_release_with_its_wall_stops_nobody(after):
    table = "CREATE TABLE diary (tenant_id uuid NOT NULL, id uuid, PRIMARY KEY (tenant_id, id))"

    assert after(table, wall("diary")) == []


def test_a_function_that_is_listed_with_its_reason_is_no_hole(after, monkeypatch):
    function = "CREATE FUNCTION look() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1'"

    assert after(function) != []
    monkeypatch.setitem(DEFINER_FUNCTIONS, "look()", " ")
    assert after(function) != []
    monkeypatch.setitem(DEFINER_FUNCTIONS, "look()", "a test's")
    assert after(function) == []


def test_no_function_runs_with_its_owners_rights_without_a_reason():
    assert all(reason.strip() for reason in DEFINER_FUNCTIONS.values())
