"""Pseudonyms of the ledger as somebody types or copies them."""

import uuid

_LENGTH = 36
"""With its four dashes, as pages and files write one."""


def as_pseudonym(typed: str) -> uuid.UUID | None:
    """The pseudonym that these words are; nothing, if they are none."""
    words = typed.strip()
    try:
        return uuid.UUID(words) if len(words) == _LENGTH else None
    except ValueError:
        return None
