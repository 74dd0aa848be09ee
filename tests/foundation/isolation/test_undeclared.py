"""What is in the database and in no model is named: no erasure would look there."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.checks import Tags, run_checks
from django.db import connection

from chatbo.foundation.isolation.undeclared import undeclared
from tests.conftest import address_of


@pytest.fixture
def superuser(db: None, database_name: str) -> Iterator[psycopg.Connection[Any]]:
    url = address_of(database_name, os.environ["TESTS_SUPERUSER_URL"])
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def after(superuser):
    """What is undeclared after a statement of the tables' owner, which is then taken back."""

    def found(statement: str) -> list[str]:
        with superuser.transaction(force_rollback=True), superuser.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE chatbo_owner")
            cursor.execute(statement)
            cursor.execute("RESET ROLE")
            return undeclared(cursor)

    return found


def test_the_migrated_database_has_nothing_that_no_model_knows(db):
    with connection.cursor() as cursor:
        assert undeclared(cursor) == []
    messages = run_checks(tags=[Tags.database], databases=["default"])
    assert [each for each in messages if each.id == "isolation.W002"] == []


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("CREATE TABLE leftover (id uuid)", "leftover"),
        ("CREATE TABLE leftover (id uuid); REVOKE ALL ON leftover FROM PUBLIC", "leftover"),
        ("CREATE TABLE leftover AS SELECT * FROM bots_message", "leftover"),
        ("CREATE SCHEMA old CREATE TABLE leftover (id uuid)", "old.leftover"),
        ("CREATE MATERIALIZED VIEW leftover AS SELECT * FROM bots_message", "leftover"),
        ("ALTER TABLE bots_message ADD COLUMN leftover text", "bots_message.leftover"),
    ],
)
def test_what_a_removed_model_or_a_hurried_copy_has_left_is_named(after, statement, name):
    assert after(statement) == [name]


def test_a_view_holds_nothing_itself(after):
    assert after("CREATE VIEW looking AS SELECT * FROM bots_message") == []


def test_the_check_of_the_database_warns_of_it(after, monkeypatch):
    names = after("CREATE TABLE leftover (id uuid)")
    monkeypatch.setattr("chatbo.foundation.isolation.checks.undeclared", lambda cursor: names)

    (warning,) = [
        each
        for each in run_checks(tags=[Tags.database], databases=["default"])
        if each.id == "isolation.W002"
    ]
    assert warning.msg.startswith("leftover is in the database and in no model")
