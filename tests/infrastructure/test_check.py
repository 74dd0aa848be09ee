"""``make check`` fails when a tool does, and says which."""

import sys
from pathlib import Path

import pytest

from infrastructure import check

ROOT = Path(__file__).resolve().parents[2]


def tool(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_one_failing_tool_fails_the_check_and_is_quoted(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    address = "import os; assert os.environ['DATABASE_URL'].startswith('postgresql://chatbo_app:')"
    tools = {"good": tool(address), "bad": tool("raise SystemExit('a line is too long')")}
    monkeypatch.setattr(check, "TOOLS", tools)

    assert check.main() == 1

    printed = capfd.readouterr()
    assert "    a line is too long" in printed.out
    assert printed.err == "Not in order: bad.\n"


def test_only_good_tools_pass_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(check, "TOOLS", {"good": tool("")})

    assert check.main() == 0


def test_the_gate_calls_what_everybody_calls() -> None:
    gate = (ROOT / ".ci" / "run").read_text().splitlines()

    assert [line for line in gate if line.startswith("make")] == ["make check", "make test"]
