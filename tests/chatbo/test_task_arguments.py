"""Tasks carry ids, the tenant's first: the queue is not behind the wall, and is read by many."""

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from chatbo.celery import app
from chatbo.foundation.isolation.leftovers import ScopedTask

app.loader.import_default_modules()  # As a worker does.
TASKS: dict[str, Any] = {
    name: task
    for name, task in sorted(app.tasks.items())
    if not name.startswith(("celery.", "tests."))
}

OF_THE_SCHEDULE = {entry["task"] for entry in app.conf.beat_schedule.values()}


def test_the_rooms_tasks_are_all_there() -> None:
    assert {"sweep", "mail.send", "erasure.carry_out", "contracts.seal"} <= TASKS.keys()


@pytest.mark.parametrize("name", TASKS)
def test_a_task_takes_a_tenants_id_and_ids_of_rows_and_nothing_else(name: str) -> None:
    parameters = list(inspect.signature(TASKS[name].run).parameters.values())
    if name in OF_THE_SCHEDULE:
        assert parameters == [], "what the schedule calls looks for itself"
        return

    assert parameters[0].name == "tenant_id"
    for parameter in parameters:
        assert parameter.name.endswith("_id"), parameter
        assert parameter.annotation in {str, "str"}, "as text: JSON knows no UUID"
        assert parameter.kind == parameter.POSITIONAL_OR_KEYWORD
        assert parameter.default is parameter.empty


@pytest.mark.parametrize("name", TASKS)
def test_a_task_leaves_no_scope_open_and_stores_no_result(name: str) -> None:
    assert isinstance(TASKS[name], ScopedTask)
    assert TASKS[name].ignore_result


def test_whoever_calls_a_task_hands_over_ids() -> None:
    """``task.delay(str(row.tenant_id), str(row.pk))``: anything else is looked at by a person."""
    calls = [
        (file, ast.unparse(argument))
        for package in ("chatbo", "tenants", "consent", "dpa")
        for file in Path(settings.BASE_DIR, package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"delay", "apply_async"}
        for argument in (*node.args, *(keyword.value for keyword in node.keywords))
    ]

    assert len(calls) >= 10
    for file, argument in calls:
        words = argument.removeprefix("str(").removesuffix(")").removesuffix(" or ''")
        last = words.split(".")[-1]
        of_the_platform = words == "''"  # No tenant's: the first argument of every task.
        assert of_the_platform or last == "pk" or last.endswith("_id"), (file, argument)
