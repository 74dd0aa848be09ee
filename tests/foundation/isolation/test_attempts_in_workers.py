"""Attempts in a real Celery worker: one child, two tenants' tasks one after another."""

import json
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from infrastructure.processes import Process
from tenants.bots.models import Bot
from tests.conftest import address_of
from tests.foundation.isolation import prefork_tasks as tasks
from tests.foundation.isolation.planting import plant, scope_of
from tests.journey.processes import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

NOTHING: dict[str, Any] = {"bots": [], "scope": ""}


@pytest.fixture
def owners() -> tuple[uuid.UUID, uuid.UUID]:
    """Two, with a bot each."""
    both = uuid.uuid4(), uuid.uuid4()
    for owner in both:
        with scope_of(Bot, owner):
            plant(Bot, owner, id=owner)
    return both


@pytest.fixture
def worker(tmp_path: Path, database_name: str) -> Iterator[Process]:
    """As in production, with a single child; on this test's database and queue."""
    command = "-m celery -A chatbo worker --pool prefork --concurrency 1 --queues default"
    command += " --without-gossip --without-mingle --include tests.foundation.isolation."
    process = Process(
        "worker",
        [sys.executable, *f"{command}prefork_tasks --loglevel INFO".split()],
        environment={
            **os.environ,
            "DATABASE_URL": address_of(database_name, os.environ["DATABASE_URL"]),
            "REDIS_URL": settings.REDIS_URL,
        },
        log=tmp_path / "worker.log",
    )
    process.start()
    try:
        yield process
    finally:
        process.ask_to_stop()
        process.end(seconds=10)


@pytest.fixture
def reports(worker: Process, tmp_path: Path) -> Callable[[int], list[dict[str, Any]]]:
    """Waits for so many lines of the tasks' report."""
    file = tmp_path / "report"
    file.touch()

    def read(lines: int) -> list[dict[str, Any]]:
        try:
            until(lambda: len(file.read_text().splitlines()) >= lines, seconds=60)
        except AssertionError:
            raise AssertionError(worker.log.read_text()[-4000:]) from None
        return [json.loads(line) for line in file.read_text().splitlines()]

    return read


def test_tasks_in_one_child_see_their_own_tenants_rows_whatever_the_last_one_did(
    owners: tuple[uuid.UUID, uuid.UUID],
    tmp_path: Path,
    reports: Callable[[int], list[dict[str, Any]]],
) -> None:
    first, second = map(str, owners)
    report = str(tmp_path / "report")

    tasks.look.delay(first, report)
    tasks.fail.delay(first, report)
    tasks.look.delay(second, report)
    tasks.forget.delay(first, report)
    tasks.look.delay(second, report)
    tasks.again.delay(first, report)
    seen = reports(7)
    tasks.look.delay(second, report)
    seen = reports(8)

    assert len({line["child"] for line in seen}) == 1
    assert [line["try"] for line in seen if line["task"] == "again"] == [0, 1]
    for line in seen:
        tenant = line.get("tenant", first)
        assert line["inside"] == {"bots": [tenant], "scope": tenant}
        for moment in ("before", "as a user", "after"):
            assert line.get(moment, NOTHING) == NOTHING, (line["task"], moment)
