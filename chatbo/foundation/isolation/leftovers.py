"""Whatever a request or a task leaves open, the next one on its connection does not inherit.

Without this a scope that was entered and never left would keep its transaction, and so its
tenant's rows, on the thread's connection for as long as the thread lives.
"""

from collections.abc import Callable
from typing import Any

import structlog
from celery import Task
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from chatbo.foundation.isolation.scopes import ScopeLeftOpenError, end_left_open
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.LOG, __name__, NoPersonalData("How many scopes were left open."))

log = structlog.get_logger(__name__)


def close_scopes(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: a view that leaves a scope open becomes an error, and its work is undone.

    What an answer opens while it is streamed, Django closes with the answer's generator.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        depth = len(connection.atomic_blocks)
        response = get_response(request)
        if _end(depth):
            raise ScopeLeftOpenError
        return response

    return answer


class ScopedTask(Task[Any, Any]):
    """Celery's task, which leaves its process as it found it."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task. Raises ``ScopeLeftOpenError`` where it left a scope open."""
        depth = len(connection.atomic_blocks)
        try:
            result = super().__call__(*args, **kwargs)
        finally:
            left_open = _end(depth)
        if left_open:
            raise ScopeLeftOpenError
        return result


def _end(depth: int) -> int:
    if left_open := end_left_open(depth):
        log.error("scope_left_open", blocks=left_open)
    return left_open
