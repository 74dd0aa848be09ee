"""Tables for spreadsheet programs: CSV that they read right, and that computes nothing."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
"""So that spreadsheet programs read the umlauts."""


def no_formula(cell: str) -> str:
    """What somebody typed must not become a formula in a spreadsheet."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else cell


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """A small table as a file: with semicolons, each cell quoted, and no cell a formula.

    Quoted throughout: a spreadsheet that separates at other signs finds no cell inside a cell.
    """
    return BOM.encode() + csv_lines(rows)


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """More lines of a table that is written piece by piece, behind its ``BOM``."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerows([no_formula(cell) for cell in row] for row in rows)
    return text.getvalue().encode()
