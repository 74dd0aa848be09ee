"""The sweep: finds the work that no wake-up call reached, and calls again.

The database is the truth and the queue a wake-up call, so Redis may be lost, or a process
killed at any moment: the rows are still there, and the sweep comes by.
"""

from typing import Any

from celery import Task, shared_task
from django.db import transaction
from django.db.models import Value

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.jobs.models import Job
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.QUEUE, __name__, NoPersonalData("The schedule calls it with nothing."))
declare_store(Medium.MEMORY, __name__, NoPersonalData("Which tasks do which jobs, at the start."))

BATCH = 500

_swept: dict[type[Job], Task[Any, Any]] = {}


def sweep_up(model: type[Job], task: Task[Any, Any]) -> None:
    """Have due rows of a job's table handed to its task as ``(tenant_id, pk)``.

    Called from a room's ``tasks.py``, which the worker and the schedule import.
    """
    _swept[model] = task


def wake(job: Job) -> None:
    """Call for a job's task as soon as the job is certain; should the call be lost, the sweep does.

    For a room whose jobs are done by one above it: only there the task is known.
    """
    task = _swept[type(job)]
    tenant_id = str(getattr(job, "tenant_id", None) or "")
    transaction.on_commit(lambda: task.delay(tenant_id, str(job.pk)), robust=True)


@shared_task(name="sweep", ignore_result=True)
def sweep() -> int:
    """Wake every due job once more. A job that somebody holds is not due; twice is harmless."""
    calls: list[tuple[Task[Any, Any], str, str]] = []
    with platform_scope("sweep: find jobs that no wake-up call reached"):
        for model, task in _swept.items():
            # Every job belongs to a tenant or, with none, to the platform; so do tables of jobs.
            jobs: Any = model._default_manager.all()
            owner = "tenant_id" if hasattr(model, "tenant_id") else Value("")
            rows = jobs.due().values_list(owner, "pk")[:BATCH]
            calls += [(task, str(tenant_id or ""), str(pk)) for tenant_id, pk in rows]
    for task, tenant_id, pk in calls:
        task.delay(tenant_id, pk)
    return len(calls)
