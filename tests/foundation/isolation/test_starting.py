"""No process serves anybody while the wall has a hole: each ends, with one line in its log."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from chatbo.embedded.record import free_port
from chatbo.foundation.isolation.starting import refuse_without_walls
from infrastructure.supervisor import product as commands
from tests.journey.databases import Database, fresh_database

HOLE = "ALTER TABLE bots_bot NO FORCE ROW LEVEL SECURITY"


@pytest.fixture
def database(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A whole database, to which the settings point."""
    with fresh_database("starting") as database:
        monkeypatch.setitem(connection.settings_dict, "NAME", database.name)
        yield database


@pytest.fixture
def owner(database: Database) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        yield connection


def refusal(caplog: pytest.LogCaptureFixture) -> dict[str, object]:
    """What the one line says with which the process ends."""
    caplog.clear()
    with pytest.raises(SystemExit) as end:
        refuse_without_walls()
    assert end.value.code == 1
    (record,) = caplog.records
    assert record.levelname == "CRITICAL"
    assert isinstance(record.msg, dict)
    return record.msg


def test_a_whole_database_lets_it_start(database, caplog):
    refuse_without_walls()

    assert caplog.records == []


def test_in_a_servers_event_loop_it_looks_all_the_same(database):
    async def start() -> None:
        refuse_without_walls()

    # In a thread of its own: a browser of other tests may have a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, start()).result()


def test_a_hole_is_named_with_its_table(owner, caplog):
    owner.execute(HOLE)
    owner.execute("DROP POLICY own ON bots_rule")

    said = refusal(caplog)

    assert "bots_bot: row-level security is not forced" in str(said["reason"])
    assert said["tables"] == ["bots_bot", "bots_rule"]


def test_a_table_of_a_newer_release_does_not_stop_an_older_one(owner):
    owner.execute("CREATE TABLE diary (id uuid PRIMARY KEY)")

    refuse_without_walls()


def test_a_database_that_is_not_migrated_is_no_place_to_start(owner, caplog):
    owner.execute("DROP TABLE bots_message")

    assert refusal(caplog)["tables"] == ["bots_message"]


@pytest.mark.parametrize("name", ["TESTS_SUPERUSER_URL", "DATABASE_OWNER_URL"])
def test_whoever_the_policies_do_not_bind_serves_nobody(database, monkeypatch, caplog, name):
    other = psycopg.conninfo.conninfo_to_dict(os.environ[name])
    monkeypatch.setitem(connection.settings_dict, "USER", other["user"])
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", other["password"])

    assert f"logs in as {other['user']}" in str(refusal(caplog)["reason"])


def test_a_database_that_does_not_answer_is_not_taken_for_a_whole_one(
    database, monkeypatch, caplog
):
    monkeypatch.setitem(connection.settings_dict, "PORT", free_port())

    assert refusal(caplog)["error"] == "OperationalError"


@pytest.mark.processes
@pytest.mark.parametrize("name", ["web", "worker", "schedule"])
def test_the_very_processes_of_the_product_end(owner, database, tmp_path, name):
    owner.execute(HOLE)
    (tmp_path / "run").mkdir()
    command = dict(commands(free_port(), tmp_path))[name]

    done = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, "DATABASE_URL": database.app_url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode != 0
    (line,) = [line for line in done.stderr.splitlines() if "not_started" in line]
    assert "bots_bot: row-level security is not forced" in line
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.processes
def test_an_asynchronous_server_ends_too(owner, database):
    owner.execute(HOLE)

    done = subprocess.run(
        [sys.executable, "-c", "import chatbo.asgi"],
        env={**os.environ, "DATABASE_URL": database.app_url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert "bots_bot" in done.stderr
