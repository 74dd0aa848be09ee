"""``migrate`` fails, and names the table, when a table that it leaves has a hole in its wall."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.journey.databases import Database, fresh_database

Migrate = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def database(django_db_setup: None) -> Iterator[Database]:
    with fresh_database("migrate") as database:
        yield database


@pytest.fixture
def migrate(database: Database) -> Migrate:
    """``manage.py migrate`` as a process, as whoever installs a release calls it."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0", *arguments],
            env={
                **os.environ,
                "DATABASE_URL": database.app_url,
                "DATABASE_OWNER_URL": database.owner_url,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_whole_database_migrates_in_silence(migrate):
    done = migrate()

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("ALTER TABLE bots_bot NO FORCE ROW LEVEL SECURITY", "bots_bot"),
        ("DROP POLICY own ON mail_outgoingmail", "mail_outgoingmail"),
        # A newer release's, perhaps; yet migrate knows no newer one than its own.
        ("CREATE TABLE diary (id uuid PRIMARY KEY)", "diary"),
    ],
)
def test_a_hole_fails_the_migration_with_the_tables_name_in_the_last_line(
    migrate, database, statement, table
):
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute(statement)

    done = migrate()

    assert done.returncode == 1
    assert f"isolation has a hole: {table}: " in done.stderr.strip().splitlines()[-1]


def test_an_empty_database_is_migrated_although_nothing_is_there_yet(migrate, database):
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        owner.execute("GRANT USAGE ON SCHEMA public TO chatbo_app, chatbo_platform")

    done = migrate()

    assert (done.returncode, done.stderr) == (0, "")
    with psycopg.connect(database.app_url) as application:
        assert application.execute("SELECT count(*) FROM bots_bot").fetchone() == (0,)


def test_looking_at_the_plan_and_migrating_in_part_asks_nothing(migrate, database):
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE bots_bot NO FORCE ROW LEVEL SECURITY")

    assert migrate("--plan").returncode == 0
    assert migrate("bots").returncode == 0
