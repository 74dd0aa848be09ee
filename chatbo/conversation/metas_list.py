"""Meta's list of people whose requests did not reach us: numbers, one a line, or as a CSV.

Meta documents no form for it. What is taken is what its tables give when they are saved or
copied: the number alone on its line, or a column whose name ends in "id".
"""

import csv
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import transaction

from chatbo.conversation.metas_requests import take_in_numbers
from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import blind_indexes
from consent.erasure.request_models import ErasureRequest

MOST = 500
"""Numbers of one list; a longer one is given in parts."""
LARGEST = 200_000
"""Bytes."""

_NUMBER = re.compile(r"[0-9]{1,32}")
_ROUNDED = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")


class Wrong(StrEnum):
    NOT_A_NUMBER = "not_a_number"
    ROUNDED = "rounded"
    """A spreadsheet has made 1.02E+16 of it: the last digits are lost."""
    MISSING = "missing"
    """The line has no such column."""


@dataclass(frozen=True)
class Fault:
    line: int
    wrong: Wrong


@dataclass
class MetasList:
    """What a list says: each number once, in its order."""

    numbers: list[str] = field(default_factory=list)
    repeated: int = 0
    faults: list[Fault] = field(default_factory=list)


def read_list(text: str) -> MetasList:
    """Read a list; every line that cannot be read is named."""
    found = MetasList()
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    separator = _separator(lines[0][1]) if lines else ","
    column = 0
    seen = set()
    for place, (number, line) in enumerate(lines):
        cells = _cells(line, separator)
        if place == 0 and not any(map(_NUMBER.fullmatch, cells)) and _is_header(cells):
            column = next(i for i, cell in enumerate(cells) if cell.casefold().endswith("id"))
            continue
        # The German comma within a rounded number is no separator.
        is_rounded = _ROUNDED.fullmatch(line.strip())
        value = line if is_rounded else cells[column] if column < len(cells) else ""
        if wrong := _wrong_with(value.strip()):
            found.faults.append(Fault(number, wrong))
        elif value in seen:
            found.repeated += 1
        else:
            seen.add(value)
            found.numbers.append(value)
    return found


def under_way(numbers: Collection[str]) -> int:
    """On how many of them a request is being carried out already."""
    digests = [
        digest for number in numbers for digest in blind_indexes(number, purpose="meta-person")
    ]
    requests = ErasureRequest.objects.unfinished().filter(person_index__in=digests)
    deletions = requests.exclude(origin=ErasureRequest.Origin.DEAUTHORIZATION)
    return deletions.values("person_index").distinct().count()


@transaction.atomic
def import_list(numbers: Collection[str]) -> int:
    """Take in a request for each number, all or none; gives back how many are new."""
    new = take_in_numbers(numbers)
    record("erasure_request.imported", details={"rows": new})
    return new


def _separator(line: str) -> str:
    return max(",;\t", key=line.count)


def _cells(line: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=separator))
    except csv.Error:
        return [line]
    return [cell.strip() for cell in cells]


def _is_header(cells: list[str]) -> bool:
    return any(cell.casefold().endswith("id") for cell in cells)


def _wrong_with(value: str) -> Wrong | None:
    if not value:
        return Wrong.MISSING
    if _ROUNDED.fullmatch(value):
        return Wrong.ROUNDED
    return None if _NUMBER.fullmatch(value) else Wrong.NOT_A_NUMBER
