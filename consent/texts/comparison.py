"""What a new version changes: paragraph by paragraph, and word by word within them."""

import dataclasses
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "gone", "new"]

# Below this, two paragraphs are different ones, and marking single words would only confuse.
ALIKE = 0.4


@dataclasses.dataclass(frozen=True)
class Piece:
    """Some words that stayed, went or came."""

    kind: Kind
    words: str


@dataclasses.dataclass(frozen=True)
class Line:
    """A paragraph, heading or list item. ``changed`` ones have pieces of several kinds."""

    pieces: tuple[Piece, ...]

    @property
    def kind(self) -> Literal["same", "gone", "new", "changed"]:
        kinds = {piece.kind for piece in self.pieces}
        return kinds.pop() if len(kinds) == 1 else "changed"


def compare(before: str, after: str) -> list[Line]:
    """All lines of both texts in reading order, empty ones left out."""
    old, new = _lines(before), _lines(after)
    found: list[Line] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        match tag:
            case "equal":
                found += [_whole("same", line) for line in old[i:j]]
            case "replace":
                found += _replaced(old[i:j], new[k:m])
            case _:
                found += [_whole("gone", line) for line in old[i:j]]
                found += [_whole("new", line) for line in new[k:m]]
    return found


def only_changes(lines: Sequence[Line], *, around: int = 1) -> list[Line | None]:
    """The changed lines with their neighbours; ``None`` stands for what was left out."""
    near = {
        index + step
        for index, line in enumerate(lines)
        if line.kind != "same"
        for step in range(-around, around + 1)
    }
    shown: list[Line | None] = []
    for index, line in enumerate(lines):
        if index in near:
            shown.append(line)
        elif not shown or shown[-1] is not None:
            shown.append(None)
    return shown


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _whole(kind: Kind, line: str) -> Line:
    return Line((Piece(kind, line),))


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Pair the lines one by one; without a counterpart that is alike, all of it went or came."""
    for index in range(max(len(old), len(new))):
        was = old[index] if index < len(old) else None
        now = new[index] if index < len(new) else None
        if was is not None and now is not None:
            words = SequenceMatcher(None, _words(was), _words(now), autojunk=False)
            if words.ratio() >= ALIKE:
                yield Line(tuple(_pieces(words, _words(was), _words(now))))
                continue
        if was is not None:
            yield _whole("gone", was)
        if now is not None:
            yield _whole("new", now)


def _words(line: str) -> list[str]:
    """Words with the space that follows them, so that joining gives the line again."""
    return re.findall(r"\S+\s*", line)


def _pieces(
    matcher: "SequenceMatcher[str]", was: Sequence[str], now: Sequence[str]
) -> Iterator[Piece]:
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(was[i:j]))
            continue
        if i < j:
            yield Piece("gone", "".join(was[i:j]))
        if k < m:
            yield Piece("new", "".join(now[k:m]))
