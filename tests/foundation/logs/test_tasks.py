"""A task's line carries its ids and the number of the request that has queued it."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from celery import Task, shared_task
from django.conf import settings
from redis import Redis
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

from tests.foundation.logs.conftest import Lines

TENANT = "0192f3a4-0000-7000-8000-000000000001"


@shared_task(name="tests.says")
def says(tenant_id: str, row_id: str) -> None:
    structlog.get_logger("chatbo.tests").info("said_within")


@shared_task(name="tests.fails")
def fails(tenant_id: str, row_id: str) -> None:
    raise LookupError(f"Margarete, {row_id}")


@pytest.fixture(autouse=True)
def _numbered() -> Iterator[None]:
    clear_contextvars()
    yield
    clear_contextvars()


def test_a_task_is_one_line_with_its_ids(lines: Lines) -> None:
    done = says.apply(args=[TENANT, "row-of-margarete"], headers={"request_id": "kq7w2mzt9xva"})

    within, task = lines()
    assert [within["event"], task["event"]] == ["said_within", "task"]
    for line in within, task:
        assert line["task"] == "tests.says"
        assert line["task_id"] == done.id
        assert line["tenant_id"] == TENANT
    assert task["state"] == "SUCCESS"
    assert task["ms"] < 5000
    assert "margarete" not in str(lines())


def test_a_task_that_fails_tells_class_and_place(lines: Lines) -> None:
    fails.apply(args=[TENANT, "row-of-margarete"])

    failed, task = lines()
    assert failed["event"] == "task_failed"
    assert failed["exception"].startswith("LookupError at tests/foundation/logs/test_tasks.py:")
    assert failed["tenant_id"] == TENANT
    assert task["state"] == "FAILURE"
    assert "argarete" not in str(lines())


def test_after_a_task_its_ids_are_gone_and_the_request_goes_on(lines: Lines) -> None:
    bind_contextvars(request_id="kq7w2mzt9xva")
    says.apply(args=[TENANT, "row"])

    assert get_contextvars() == {"request_id": "kq7w2mzt9xva"}
    assert {line["request_id"] for line in lines()} == {"kq7w2mzt9xva"}


@pytest.mark.parametrize("number", ["kq7w2mzt9xva", None])
def test_the_message_carries_the_number_of_the_request_and_ids_only(number: str | None) -> None:
    if number:
        bind_contextvars(request_id=number)
    (headers, body) = _sent(says)

    assert headers.get("request_id") == number
    assert body[0] == [TENANT, "row"]


def _sent(task: Task[Any, Any]) -> Any:
    """Headers and body of the message that lies in Redis when a task was called."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.delete("default")
        task.delay(TENANT, "row")
        message = json.loads(redis.lpop("default"))
    return message["headers"], json.loads(base64.b64decode(message["body"]))
