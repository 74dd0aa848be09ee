"""The whole run is green only if it goes through 90 % of our code (``tests.measuring``)."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

HOUSE = """
def choose(number):
    'Says which.'
    if number > 0:
        return str(
            "more"
        )
    return "less"
"""
TESTS = """
import house.rooms
import pytest

@pytest.mark.parametrize("number", {numbers})
def test_choosing(number):
    assert house.rooms.choose(number) in ("more", "less")
"""


def measured(folder: Path, numbers: list[int], *arguments: str) -> tuple[int, str]:
    """A run over a package of one branch, with our plugin and our settings for it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["slipcover"]
    lines = [f"{name} = {value!r}" for name, value in (settings | {"source": ["house"]}).items()]
    text = "\n".join(["[tool.slipcover]", *lines]).replace("True", "true")
    (folder / "pyproject.toml").write_text(text)
    (folder / "house").mkdir()
    (folder / "house" / "__init__.py").touch()
    (folder / "house" / "rooms.py").write_text(HOUSE)
    (folder / "test_house.py").write_text(TESTS.format(numbers=numbers))
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT), "PYTEST_PLUGINS": "tests.measuring"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("workers", ["0", "2"])
def test_code_that_no_test_reaches_fails_a_run_of_good_tests(tmp_path: Path, workers: str) -> None:
    code, said = measured(tmp_path, [1, 2], "-n", workers)

    assert code == 1
    assert "2 passed" in said
    assert "TOO LITTLE" in said
    # Four statements, one of them over three lines, and two branches: one of each is missing.
    assert "Covered: 66.67 %" in said
    assert "house/rooms.py" in said


def test_what_two_workers_reach_counts_together(tmp_path: Path) -> None:
    code, said = measured(tmp_path, [1, -1], "-n", "2")

    assert (code, "TOO LITTLE" in said) == (0, False)
    assert "Covered: 100.00 %" in said


def test_the_whole_run_is_measured_and_the_four_packages_whole() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    recipe = (ROOT / "Makefile").read_text().partition("\ntest:\n")[2].partition("\n\n")[0]

    assert settings["slipcover"]["source"] == settings["importlinter"]["root_packages"]
    assert settings["slipcover"]["fail-under"] == 90
    assert settings["slipcover"]["branch"] is True
    assert "PYTEST_PLUGINS=tests.measuring" in recipe
