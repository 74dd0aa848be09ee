"""Load balancers learn which part is away; a slow database restarts no web process."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from chatbo.dashboard import health

NOWHERE = "redis://127.0.0.1:1/0"


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
