"""What verifying finds."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was. ``what`` is a code; the others say of what."""

    what: str
    record: uuid.UUID | None = None
    tenant: uuid.UUID | None = None
    position: int | None = None
    """Of a leaf, or of the first leaf below a tile."""
    size: int | None = None
    """Of a head."""
    text: uuid.UUID | None = None
    """A version of a text."""
    name: str = ""
    """Of an entry outside the database, of a key, or of a form (its SHA-256)."""


@dataclass
class Report:
    """What was looked at, and what was found."""

    records: int
    heads: int
    faults: list[Fault]
