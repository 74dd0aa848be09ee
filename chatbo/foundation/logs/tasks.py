"""A task's line in the log, with the number of the request that has queued it.

Celery's own lines carry what tasks were called with and what they raised, so they are off.
"""

import inspect
from time import perf_counter
from typing import Any

import structlog
from celery import Task
from celery.signals import (
    beat_init,
    before_task_publish,
    task_failure,
    task_internal_error,
    task_postrun,
    task_prerun,
    worker_ready,
)

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(
    Medium.LOG, __name__, NoPersonalData("Task, ids and duration; of an error its class.")
)

log = structlog.get_logger(__name__)

HEADER = "request_id"


@before_task_publish.connect
def _send_the_number_along(headers: dict[str, Any], **kwargs: object) -> None:
    number = structlog.contextvars.get_contextvars().get("request_id")
    if number:
        headers[HEADER] = number


@task_prerun.connect
def _begin(task: Task[Any, Any], task_id: str, args: Any, kwargs: Any, **more: object) -> None:
    given = inspect.signature(task.run).bind_partial(*args, **kwargs).arguments
    facts = {
        "request_id": task.request.get(HEADER),
        "tenant_id": given.get("tenant_id"),
        "task": task.name,
        "task_id": task_id,
    }
    tokens = structlog.contextvars.bind_contextvars(
        **{name: value for name, value in facts.items() if value}
    )
    task.request.update(log_begin=perf_counter(), log_tokens=tokens)


@task_postrun.connect
def _end(task: Task[Any, Any], state: str, **more: object) -> None:
    begin = task.request.get("log_begin", perf_counter())
    log.info("task", state=state, ms=round((perf_counter() - begin) * 1000))
    structlog.contextvars.reset_contextvars(**(task.request.get("log_tokens") or {}))


@task_failure.connect
@task_internal_error.connect
def _failed(sender: Task[Any, Any], task_id: str, exception: BaseException, **more: object) -> None:
    """Also in the worker's main process, for a child that was killed."""
    log.error(
        "task_failed",
        task=sender.name,
        task_id=task_id,
        exc_info=(type(exception), exception, exception.__traceback__),
    )


@worker_ready.connect
def _worker_is_ready(**kwargs: object) -> None:
    log.info("worker_ready")


@beat_init.connect
def _schedule_is_ready(**kwargs: object) -> None:
    log.info("schedule_ready")
