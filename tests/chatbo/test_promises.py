"""The tables in docs name tests and code: each of them is there, and called as it says."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECURITY = ROOT / "docs" / "security.md"
PROMISES = [*sorted((ROOT / "docs" / "promises").glob("*.md")), SECURITY]
TEST = re.compile(r"`((?:[\w./-]+/)?test_\w+\.py)(?:::(test_\w+))?`")
CODE = re.compile(
    r"`((?:chatbo|consent|dpa|tenants|infrastructure|deploy|docs|frontend|requirements)/[\w./-]*)`"
)
SETTING = re.compile(r"`([A-Z]+(?:_[A-Z]+)+)`")

# What ASVS 5.0.0 asks at level 1 and level 2, by its numbers.
LEVEL_1 = """
1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 4.4.1 5.2.1-2 5.3.1-2
6.1.1 6.2.1-8 6.3.1-2 6.4.1-2 7.2.1-4 7.4.1-2 8.1.1 8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2
11.4.1 12.1.1 12.2.1-2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
"""
LEVEL_2 = """
1.1.1-2 1.2.6-9 1.3.3-11 1.4.1-3 1.5.2 2.1.2-3 2.2.3 2.3.2-4 2.4.1 3.3.2-4 3.4.3-6 3.5.4-5 3.7.1-2
4.1.2-3 4.2.1 4.3.1-2 4.4.2-4 5.1.1 5.2.3 5.4.1-3 6.1.2-3 6.2.9-12 6.3.3-4 6.4.3-4 6.5.1-5 6.6.1-3
6.8.1-4 7.1.1-3 7.3.1-2 7.4.3-5 7.5.1-2 7.6.1-2 8.1.2 8.2.3 8.4.1 9.2.2-4 10.1.1-2 10.2.1-2
10.3.1-4 10.4.6-11 10.5.1-5 10.6.1-2 10.7.1-3 11.1.1-2 11.2.1-3 11.3.3 11.4.2-4 11.5.1 11.6.1
12.1.2-3 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2 13.4.2-5 14.1.1-2 14.2.2-4 14.3.2-3 15.1.2-3 15.2.2-3
15.3.2-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2
"""
VERDICT = re.compile(r"(Deviates|Open|Does not apply)(?: \(installation\))?: \S")


def numbers(text: str) -> Iterator[str]:
    """``1.2.1-3`` is three of them."""
    for word in text.split():
        section, _, span = word.rpartition(".")
        first, _, last = span.partition("-")
        yield from (f"{section}.{number}" for number in range(int(first), int(last or first) + 1))


def requirements() -> list[list[str]]:
    """The rows of docs/security.md that begin with a requirement's number."""
    rows = [line for line in SECURITY.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]
    return [row for row in cells if re.fullmatch(r"\**\d+\.\d+\.\d+\**", row[0])]


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


def test_the_code_and_the_settings_that_security_names_are_there() -> None:
    text = SECURITY.read_text()
    named = [path for path in CODE.findall(text) if not path.rpartition("/")[2].startswith("test_")]
    source = "".join(
        file.read_text()
        for package in ("chatbo", "consent", "dpa", "tenants")
        for file in (ROOT / package).rglob("*.py")
    )

    assert len(named) > 80
    assert [path for path in named if not (ROOT / path).exists()] == []
    assert [name for name in SETTING.findall(text) if not re.search(rf"\b{name}\b", source)] == []


def test_security_answers_each_requirement_once_and_prints_level_1_bold() -> None:
    answered = [row[0] for row in requirements()]

    assert len(set(numbers(LEVEL_1))) == 70
    assert len(set(numbers(LEVEL_2))) == 183
    expected = {f"**{number}**" for number in numbers(LEVEL_1)} | set(numbers(LEVEL_2))
    assert set(answered) == expected
    assert len(answered) == len(expected)


def test_what_is_met_was_seen_and_the_rest_is_counted_honestly() -> None:
    verdicts: Counter[str] = Counter()
    for number, _short, kept_by, seen in requirements():
        found = VERDICT.match(kept_by)
        verdicts[found[1] if found else "met"] += 1
        if found is None and number != "4.2.1":  # The server's own parser; nothing of ours.
            assert TEST.search(seen) or "make check" in seen, number
    numbers_told = [verdicts[name] for name in ("met", "Deviates", "Open", "Does not apply")]
    assert f"| {' | '.join(map(str, [*numbers_told, 253]))} |" in SECURITY.read_text()
