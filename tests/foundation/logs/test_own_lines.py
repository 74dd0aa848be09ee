"""What the product itself logs: constant events, and facts out of a short list of names."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("chatbo", "tenants", "consent", "dpa")
CALLS = {"debug", "info", "warning", "error", "critical", "exception"}
# Ids, codes, names out of our code, and numbers. A new one is a decision, made here.
FACTS = {
    "contract_id",
    "error",
    "exc_info",
    "method",
    "ms",
    "part",
    "reason",
    "route",
    "state",
    "status",
    "task",
    "task_id",
}


def own_lines() -> Iterator[tuple[str, ast.Call]]:
    """Each call of a logger in the product, with its place."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and (
                        isinstance(node.func, ast.Attribute)
                        and node.func.attr in CALLS
                        and isinstance(node.func.value, ast.Name)
                        and node.func.value.id in {"log", "logger", "logging"}
                    )
                    or (
                        isinstance(node, ast.Call)
                        and isinstance(node.func, ast.Name)
                        and node.func.id == "note"
                    )
                ):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_every_event_is_a_constant_and_every_fact_is_known() -> None:
    found = list(own_lines())
    strange = [
        f"{place}: {ast.unparse(call)}"
        for place, call in found
        if len(call.args) != 1
        or not isinstance(call.args[0], ast.Constant)
        or {fact.arg for fact in call.keywords if fact.arg} - FACTS
    ]

    assert len(found) >= 10
    assert strange == []
