"""What the product itself logs: constant events, and facts out of a short list of names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("chatbo", "tenants", "consent", "dpa")
WAYS = {"debug", "info", "warning", "error", "critical", "exception", "log"}
# Ids, codes, names out of our code, and numbers. A new one is a decision, made here.
FACTS = {
    "blocks",
    "column",
    "contract_id",
    "entry",
    "error",
    "exc_info",
    "method",
    "ms",
    "part",
    "position",
    "reason",
    "records",
    "route",
    "row",
    "size",
    "state",
    "status",
    "table",
    "task",
    "task_id",
    "tenant_id",
    "text",
}


def own_lines() -> Iterator[tuple[str, ast.Call]]:
    """Each call of a logger in the product, with its place."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Call(
                        func=ast.Attribute(
                            value=ast.Name(id="log" | "logger" | "logging"), attr=way
                        )
                    ) if way in WAYS:
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_every_event_is_a_constant_and_every_fact_is_known() -> None:
    found = list(own_lines())
    strange = [
        f"{place}: {ast.unparse(call)}"
        for place, call in found
        if not isinstance(call.args[-1], ast.Constant)
        or {fact.arg for fact in call.keywords if fact.arg} - FACTS
    ]

    assert len(found) >= 10
    assert strange == []


def test_no_module_logs_past_structlog() -> None:
    """A sentence with values would be cut down to its words, as a library's is."""
    past = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"logging\.getLogger\(|^\s*print\(", path.read_text(), re.M)
    ]

    assert past == []
