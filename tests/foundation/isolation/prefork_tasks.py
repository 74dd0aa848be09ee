"""Tasks for ``test_attempts_in_workers``; the worker that it starts includes this module."""

import json
import os
from pathlib import Path
from typing import Any

from celery import Task, shared_task
from django.db import connection

from chatbo.foundation.isolation import current_scope, tenant_scope, user_scope
from tenants.bots.models import Bot
from tests.foundation.isolation.planting import rows

kept: list[Any] = []


@shared_task(name="tests.look", ignore_result=True)
def look(tenant_id: str, report: str) -> None:
    """Write down what is seen before, in and after the tenant's scope."""
    seen: dict[str, Any] = {"task": "look", "tenant": tenant_id, "child": os.getpid()}
    seen["before"] = _seen()
    with user_scope("01900000-0000-7000-8000-000000000001"):
        seen["as a user"] = _seen()
    with tenant_scope(tenant_id):
        seen["inside"] = _seen()
    seen["after"] = _seen()
    _write(report, seen)


@shared_task(name="tests.fail", ignore_result=True)
def fail(tenant_id: str, report: str) -> None:
    with tenant_scope(tenant_id):
        _write(report, {"task": "fail", "child": os.getpid(), "inside": _seen()})
        raise ZeroDivisionError


@shared_task(name="tests.forget", ignore_result=True)
def forget(tenant_id: str, report: str) -> None:
    """Leave the scope open, held by a global."""
    scope = tenant_scope(tenant_id)
    scope.__enter__()
    kept.append(scope)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, false)", [tenant_id])
    _write(report, {"task": "forget", "child": os.getpid(), "inside": _seen()})


@shared_task(name="tests.again", ignore_result=True, bind=True, max_retries=1)
def again(self: Task[Any, Any], tenant_id: str, report: str) -> None:
    """Fail inside the scope the first time, and come again."""
    seen = {"task": "again", "child": os.getpid(), "try": self.request.retries, "before": _seen()}
    with tenant_scope(tenant_id):
        _write(report, seen | {"inside": _seen()})
        if not self.request.retries:
            raise self.retry(countdown=0)


def _seen() -> dict[str, Any]:
    scope = current_scope().tenant_id
    return {"bots": [str(found) for found in rows(Bot)], "scope": str(scope or "")}


def _write(report: str, seen: dict[str, Any]) -> None:
    with Path(report).open("a") as file:
        file.write(json.dumps(seen) + "\n")
