"""What is searched, for whom, and where something was found: the place, never the words."""

import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from consent.erasure.scanning.readings import readings

HIDDEN = "…"


class Kind(StrEnum):
    """What lies where something can lie."""

    ROW = "row"
    FILE = "file"
    ENTRY = "entry"
    """In the store outside the database."""
    MAIL = "mail"
    """That the demo has put into a folder."""
    KEY = "key"
    """In Redis, with its value."""
    LINE = "line"
    """Of a log."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be looked into, part by part: of a row its columns."""

    kind: Kind
    place: str
    """The table, the file, the key."""
    parts: Iterable[tuple[str, str | bytes]]
    number: str = ""
    """The row's key; of a line the byte where it begins."""
    spot: str = ""
    """Where a row lies, in case that its key is what is sought."""
    under_way_since: datetime | None = None
    """Of a job that has not ended: when it was asked for. What it holds goes with its end."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where somebody is named who should not be."""

    kind: Kind
    place: str
    part: str
    number: str


class Sought(Protocol):
    """Whom is looked for."""

    def named_in(self, text: str, item: Item, part: str) -> Iterable[str]:
        """The words of this text that name one of them, and should not be there."""


@dataclass(frozen=True)
class Words:
    """Looks for these very words, in any case; for a UUID also without its hyphens."""

    words: tuple[str, ...]

    def named_in(self, text: str, item: Item, part: str) -> Iterator[str]:
        folded = text.casefold()
        for word in self.words:
            for form in {word.casefold(), _without_hyphens(word)}:
                if form in folded:
                    yield word


def _without_hyphens(word: str) -> str:
    try:
        return uuid.UUID(word).hex
    except ValueError:
        return word.casefold()


def search(
    items: Iterable[Item], sought: Sought, looked_at: Counter[str] | None = None
) -> Iterator[Hit]:
    """Each part of an item that names somebody, in whatever way it is written (``readings``).

    ``looked_at`` counts the items by their kind.
    """
    for item in items:
        if looked_at is not None:
            looked_at[item.kind] += 1
        for part, content in item.parts:
            if _names_somebody(content, sought, item, part):
                yield _hit(item, part, sought)


def _names_somebody(content: str | bytes, sought: Sought, item: Item, part: str) -> bool:
    return any(True for text in readings(content) for _word in sought.named_in(text, item, part))


def _hit(item: Item, part: str, sought: Sought) -> Hit:
    def shown(name: str) -> str:
        """Without what names somebody: this is read by people, and kept."""
        return "".join(
            HIDDEN if _names_somebody(piece, sought, item, part) else piece
            for piece in re.split(r"([/:])", name)
        )

    number = shown(item.number)
    if HIDDEN in number and item.spot:
        number = item.spot
    place = shown(item.place)
    if _names_somebody(place, sought, item, part):
        place = HIDDEN
    return Hit(item.kind, place, shown(part), number)
