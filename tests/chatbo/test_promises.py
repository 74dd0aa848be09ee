"""The tables in docs/promises name tests: each of them is there, and called as it says."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMISES = sorted((ROOT / "docs" / "promises").glob("*.md"))
TEST = re.compile(r"`((?:[\w./-]+/)?test_\w+\.py)(?:::(test_\w+))?`")


@pytest.mark.parametrize("table", PROMISES, ids=lambda path: path.stem)
def test_a_promise_names_only_tests_that_are_there(table: Path) -> None:
    gone = []
    for line in table.read_text().splitlines():
        folder = ""
        for file, name in TEST.findall(line):
            # As people write it: "`consent/signup/test_sign_up.py`, `test_opening.py`".
            folder = file.rpartition("/")[0] or folder
            path = ROOT / "tests" / folder / file.rpartition("/")[2]
            if not path.exists() or (name and f"def {name}(" not in path.read_text()):
                gone.append(f"{file}::{name}")
    assert gone == []


@pytest.mark.parametrize("table", PROMISES, ids=lambda path: path.stem)
def test_every_promise_says_what_keeps_it(table: Path) -> None:
    rows = [line for line in table.read_text().splitlines() if line.startswith("| ")]
    assert rows
    assert [
        row for row in rows if any(not cell.strip() for cell in row.strip("|").split("|"))
    ] == []
