"""Attempts over a pooled connection: what one request leaves on it, the next must not find.

On a real pool with the settings' own options, but for its size: one connection, so that whoever
comes next gets the very same.
"""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.utils import DatabaseError, OperationalError

from chatbo.foundation.database_sessions import forget_session
from chatbo.foundation.isolation import current_scope, platform_scope, tenant_scope, user_scope
from chatbo.foundation.isolation.scopes import Scope
from tenants.bots.models import Bot
from tests.conftest import address_of
from tests.foundation.isolation.planting import plant, rows, scope_of


@pytest.fixture
def pooled(transactional_db: None) -> Iterator[DatabaseWrapper]:
    """Django's own wrapper with a pool of one, in the place of the tests' connection."""
    usual = connections["default"]
    # As conftest takes it out of the settings.
    pool = {"min_size": 1, "max_size": 1, "timeout": 5, "reset": forget_session}
    options = {**usual.settings_dict["OPTIONS"], "pool": pool}
    wrapper = DatabaseWrapper({**usual.settings_dict, "OPTIONS": options}, alias="default")
    connections["default"] = wrapper
    try:
        yield wrapper
    finally:
        while wrapper.in_atomic_block:
            wrapper.atomic_blocks[-1].__exit__(ZeroDivisionError, ZeroDivisionError(), None)
        wrapper.close()
        wrapper.close_pool()
        connections["default"] = usual


@pytest.fixture
def owner(pooled: DatabaseWrapper) -> uuid.UUID:
    """Somebody with a bot."""
    owner = uuid.uuid4()
    with scope_of(Bot, owner):
        plant(Bot, owner)
    pooled.close()
    return owner


@pytest.fixture
def superuser(database_name: str) -> Iterator[psycopg.Connection[Any]]:
    url = address_of(database_name, os.environ["TESTS_SUPERUSER_URL"])
    with psycopg.connect(url, autocommit=True) as session:
        yield session


def backend() -> int:
    """Which process of the server serves us: the same one is the same connection."""
    return int(_ask("SELECT pg_backend_pid()"))


def _ask(statement: str) -> Any:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def assert_nothing_is_left(before: int | None = None) -> None:
    """As the next request: nothing is seen, whatever scope that is not the owner's is opened."""
    if before is not None:
        assert backend() == before
    assert current_scope() == Scope()
    assert rows(Bot) == []
    assert _ask("SELECT current_user") == "chatbo_app"
    with user_scope(uuid.uuid4()):
        assert rows(Bot) == []
        assert current_scope().tenant_id is None
    with tenant_scope(uuid.uuid4()):
        assert rows(Bot) == []


def _scopes(owner: uuid.UUID) -> list[AbstractContextManager[None]]:
    return [tenant_scope(owner), platform_scope("a test over the pool")]


def test_the_settings_have_every_connection_forget_its_session() -> None:
    """The pool is out of the tests' settings; this reads them as a process does."""
    code = (
        "from chatbo import settings as s;"
        "print(s.DATABASES['default']['OPTIONS']['pool']['reset'].__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "forget_session"


@pytest.mark.parametrize("which", [0, 1], ids=["tenant", "platform"])
def test_after_a_request_that_ended_well(
    pooled: DatabaseWrapper, owner: uuid.UUID, which: int
) -> None:
    before = backend()
    with _scopes(owner)[which]:
        assert len(rows(Bot)) == 1
    assert_nothing_is_left(before)

    pooled.close()
    assert_nothing_is_left(before)


@pytest.mark.parametrize("which", [0, 1], ids=["tenant", "platform"])
def test_after_an_exception(pooled: DatabaseWrapper, owner: uuid.UUID, which: int) -> None:
    before = backend()
    with pytest.raises(ZeroDivisionError), _scopes(owner)[which]:
        1 / 0  # noqa: B018 (the exception is what matters)
    assert_nothing_is_left(before)

    pooled.close()
    assert_nothing_is_left(before)


@pytest.mark.parametrize("which", [0, 1], ids=["tenant", "platform"])
def test_after_a_statement_that_took_too_long(
    pooled: DatabaseWrapper, owner: uuid.UUID, which: int
) -> None:
    def take_too_long() -> None:
        with _scopes(owner)[which]:
            _ask("SELECT set_config('statement_timeout', '50ms', true)")
            _ask("SELECT pg_sleep(5)")

    before = backend()
    with pytest.raises(OperationalError, match="timeout"):
        take_too_long()
    pooled.close()

    assert_nothing_is_left(before)
    assert _ask("SHOW statement_timeout") == "0"


@pytest.mark.parametrize("which", [0, 1], ids=["tenant", "platform"])
def test_after_a_request_whose_session_was_killed(
    pooled: DatabaseWrapper, owner: uuid.UUID, which: int, superuser: psycopg.Connection[Any]
) -> None:
    def be_killed() -> None:
        with _scopes(owner)[which]:
            superuser.execute("SELECT pg_terminate_backend(%s)", [before])
            rows(Bot)

    before = backend()
    with pytest.raises(DatabaseError):
        be_killed()
    pooled.close()

    assert_nothing_is_left()
    assert backend() != before


def test_after_a_client_that_went_away_in_its_scope(
    pooled: DatabaseWrapper, owner: uuid.UUID
) -> None:
    def go_away() -> None:
        with tenant_scope(owner):
            plant(Bot, owner)
            os.close(pooled.connection.fileno())  # Without a farewell.
            rows(Bot)

    with pytest.raises(DatabaseError):
        go_away()
    pooled.close()

    assert_nothing_is_left()
    with tenant_scope(owner):
        assert len(rows(Bot)) == 1, "what was not committed is not there"


@pytest.mark.parametrize("which", [0, 1], ids=["tenant", "platform"])
def test_after_a_connection_that_was_given_back_in_the_middle_of_a_scope(
    pooled: DatabaseWrapper, owner: uuid.UUID, which: int
) -> None:
    before = backend()
    with _scopes(owner)[which]:
        assert len(rows(Bot)) == 1
        pooled.close()
        with pytest.raises(DatabaseError):
            rows(Bot)

    assert_nothing_is_left(before)


LEFT_ON_A_SESSION = {
    "a setting of the session": "SELECT set_config('app.tenant_id', '{owner}', false)",
    "a role of the session": "SET ROLE chatbo_platform",
    "a temporary table": "CREATE TEMP TABLE left_behind AS SELECT 1",
    "a prepared statement": "PREPARE left_behind AS SELECT 1",
    "a listener": "LISTEN left_behind",
    "a lock": "SELECT pg_advisory_lock(1)",
    "a time zone": "SET TIME ZONE 'Pacific/Auckland'",
    "a search path": "SET search_path TO pg_temp, public",
}


@pytest.mark.parametrize("statement", LEFT_ON_A_SESSION.values(), ids=list(LEFT_ON_A_SESSION))
def test_what_was_left_on_the_session_itself(
    pooled: DatabaseWrapper, owner: uuid.UUID, statement: str
) -> None:
    before = backend()
    with pooled.cursor() as cursor:
        cursor.execute(statement.format(owner=owner))
    pooled.close()

    assert_nothing_is_left(before)
    for trace in (
        "SELECT count(*) FROM pg_class WHERE relname = 'left_behind'",
        "SELECT count(*) FROM pg_prepared_statements WHERE name = 'left_behind'",
        "SELECT count(*) FROM pg_listening_channels()",
        # Of this database: tests that run beside have others in the same cluster.
        (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database"
            " = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ),
    ):
        assert _ask(trace) == 0
    assert (_ask("SHOW TimeZone"), _ask("SHOW search_path")) == ("UTC", '"$user", public')


def test_a_cursor_that_was_to_outlive_its_scope(pooled: DatabaseWrapper, owner: uuid.UUID) -> None:
    """WITH HOLD keeps a scope's rows in the session, past its transaction."""
    before = backend()
    with tenant_scope(owner), pooled.cursor() as cursor:
        cursor.execute("DECLARE held CURSOR WITH HOLD FOR SELECT id FROM bots_bot")
    pooled.close()

    assert_nothing_is_left(before)
    with pytest.raises(DatabaseError, match="does not exist"):
        _ask("FETCH ALL FROM held")


def test_many_requests_in_turn_on_few_connections(pooled: DatabaseWrapper) -> None:
    owners = [uuid.uuid4() for _ in range(5)]
    for owner in owners:
        with scope_of(Bot, owner):
            plant(Bot, owner)
    started = time.monotonic()
    for number in range(100):
        owner = owners[number % 5]
        with tenant_scope(owner):
            assert len(rows(Bot)) == 1
            if number % 7 == 0:
                pooled.close()
        pooled.close()
        assert rows(Bot) == []
    assert time.monotonic() - started < 30
