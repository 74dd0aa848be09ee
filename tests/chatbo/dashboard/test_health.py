"""Load balancers learn which part is away; a slow database restarts no web process."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client

from chatbo.dashboard import health
from tests.conftest import address_of
from tests.journey.processes import until

NOWHERE = "redis://127.0.0.1:1/0"
PASSWORD = "MARKER-password"


@pytest.fixture
def worker(db: None, database_name: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process on the queues of the tests' own Redis, as ``make run`` starts one."""
    database = {
        name: address_of(database_name, os.environ[name])
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }
    with subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "chatbo", "worker", "-P", "solo"],
        env={
            **os.environ,
            **database,
            "REDIS_URL": django_settings.REDIS_URL,
            # The test's own: what others put up there would be repeated here, and stay.
            "OUTSIDE_STORE_URL": django_settings.OUTSIDE_STORE_URL,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as started:
        yield started
        started.kill()


@pytest.fixture(autouse=True)
def _asked_afresh() -> Iterator[None]:
    health.forget()
    yield
    health.forget()


def test_each_missing_part_is_named(client: Client, db: None, settings: Any) -> None:
    settings.REDIS_URL = settings.CELERY_BROKER_URL = NOWHERE

    answer = client.get("/readyz")

    assert answer.status_code == 503
    expected = {"ready": False, "database": "ok", "redis": "missing", "worker": "missing"}
    assert answer.json() == expected


def test_without_a_worker_it_is_not_ready(client: Client, db: None) -> None:
    """The tests' own Redis answers, and nobody works on its queues."""
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert (answer.json()["redis"], answer.json()["worker"]) == ("ok", "missing")


@pytest.fixture
def no_database() -> Iterator[None]:
    """The product's address of it leads to a port where nobody listens."""
    server = connections["default"].settings_dict
    kept = dict(server)
    server.update(HOST="127.0.0.1", PORT="1", PASSWORD=PASSWORD)
    yield
    server.update(kept)


def test_a_database_that_is_away_is_named_and_nothing_else_of_it(
    client: Client, no_database: None, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert (answer.json()["database"], answer.json()["redis"]) == ("missing", "ok")
    assert set(answer.json()) == {"ready", "database", "redis", "worker"}
    assert "not_ready" in caplog.text
    said = answer.content.decode() + str(answer.headers) + caplog.text
    for secret in (PASSWORD, "127.0.0.1", "chatbo_app"):
        assert secret not in said


def test_with_a_database_that_is_away_the_process_is_still_up(
    client: Client, no_database: None
) -> None:
    """Else it would be restarted again and again, which brings no database back."""
    assert client.get("/healthz").status_code == 200


def test_ready_is_what_has_a_worker_and_only_as_long_as_it_lives(
    client: Client, db: None, worker: subprocess.Popen[bytes]
) -> None:
    def asked_afresh() -> Any:
        health.forget()
        return client.get("/readyz")

    until(lambda: asked_afresh().status_code == 200, what="a worker that answers")
    answer = client.get("/readyz")
    assert answer.json() == {"ready": True, "database": "ok", "redis": "ok", "worker": "ok"}
    assert "no-store" in answer["Cache-Control"]

    worker.kill()
    worker.wait()

    gone = asked_afresh()
    assert (gone.status_code, gone.json()["worker"]) == (503, "missing")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_the_answer_is_remembered_for_a_moment(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(health, "PARTS", {"database": lambda: asked.append("database")})

    assert [client.get("/readyz").status_code for _ in range(3)] == [200, 200, 200]
    assert asked == ["database"]


def test_being_up_asks_nobody(client: Client) -> None:
    """Without the database's fixture: a query would fail the test."""
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]
