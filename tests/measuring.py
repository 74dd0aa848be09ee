"""How much of our packages a run goes through: ``PYTEST_PLUGINS=tests.measuring``.

SlipCover puts probes into our own code while it is imported. A tracer, as coverage.py needs one
before Python 3.14, is called for each line of every library too, and took half as long again.
It comes by the environment, because a worker of xdist reads that before it imports anything of
ours. What it measures and how much is demanded stands in ``pyproject.toml``.
"""

import ast
import json
import tomllib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from slipcover import FileMatcher, ImportManager, Slipcover, merge_coverage, print_coverage
from slipcover.slipcover import add_summaries

ROOT = Path.cwd()
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["slipcover"]
SOURCES = [str(ROOT / package) for package in SETTINGS["source"]]
# Probes stay: functions are not exchanged for ones without while another thread is in them.
NEVER = 2**31 - 1

_probes = Slipcover(
    branch=SETTINGS["branch"],
    source=SOURCES,
    omit=SETTINGS["omit"],
    exclude_also=SETTINGS["exclude-also"],
    d_miss_threshold=NEVER,
)
_of_workers: list[dict[str, Any]] = []
_whole: dict[str, Any] = {}

ImportManager(_probes, FileMatcher(SOURCES, SETTINGS["omit"])).__enter__()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker is done. One that crashed has counted nothing, and failed the run."""
    counted = getattr(node, "workeroutput", {}).get("measured")
    if counted:
        _of_workers.append(json.loads(counted))


def pytest_sessionfinish(session: pytest.Session) -> None:
    counted = json.dumps(_probes.get_coverage())
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["measured"] = counted
        return
    _whole.update(json.loads(counted))
    for each in _of_workers:
        merge_coverage(_whole, each)
    _count_statements(_whole)
    if session.exitstatus == pytest.ExitCode.OK and _percent() < SETTINGS["fail-under"]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    table = StringIO()
    print_coverage(_whole, outfile=table, skip_covered=SETTINGS["skip-covered"], missing_width=60)
    terminalreporter.write(table.getvalue())
    demanded = SETTINGS["fail-under"]
    is_enough = _percent() >= demanded
    terminalreporter.write_line(
        f"Covered: {_percent():.2f} % of statements and branches, demanded {demanded} %"
        f"{'' if is_enough else ': TOO LITTLE'}.",
        green=is_enough,
        red=not is_enough,
    )


def _count_statements(counted: dict[str, Any]) -> None:
    """A statement counts once, however many lines it goes over, as for everybody else."""
    for name, file in counted["files"].items():
        begins = set(_begins(ast.parse((ROOT / name).read_bytes())))
        for lines in ("executed_lines", "missing_lines"):
            file[lines] = [line for line in file[lines] if line in begins]
    add_summaries(counted)


def _begins(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.stmt | ast.ExceptHandler) and not is_text:
            yield node.lineno
        elif isinstance(node, ast.match_case):
            yield node.pattern.lineno
        yield from (each.lineno for each in getattr(node, "decorator_list", ()))


def _percent() -> float:
    return float(_whole["summary"]["percent_covered"])
