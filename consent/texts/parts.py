"""A text's parts: what stands before the first heading, then each clause with its number."""

import dataclasses
from difflib import SequenceMatcher
from typing import Literal

from consent.texts.comparison import Line, compare, only_changes

HEADING = "## "


@dataclasses.dataclass(frozen=True)
class Part:
    """``number`` counts the headings from 1; 0 stands before the first and has none."""

    number: int
    heading: str
    body: str

    @property
    def anchor(self) -> str:
        return f"part-{self.number}"


@dataclasses.dataclass(frozen=True)
class ChangedPart:
    """A part that a version changes, numbered as in that version (or before, if it went)."""

    part: Part
    kind: Literal["gone", "new", "changed"]
    lines: list[Line | None]
    """The changes with their neighbours; ``None`` stands for what was left out."""


def parts_of(body: str) -> list[Part]:
    """All parts in reading order; an empty beginning is none."""
    first, *rest = f"\n{body}".split(f"\n{HEADING}")
    parts = [Part(0, "", first.strip())] if first.strip() else []
    for number, chunk in enumerate(rest, start=1):
        heading, _, words = chunk.partition("\n")
        parts.append(Part(number, heading.strip(), words.strip()))
    return parts


def changed_parts(before: str, after: str) -> list[ChangedPart]:
    """What ``after`` changes, part by part; untouched parts are left out."""
    found = []
    for was, now in _pairs(parts_of(before), parts_of(after)):
        part = now or was
        if part is None or _same(was, now):
            continue
        kind: Literal["gone", "new", "changed"] = (
            "gone" if now is None else "new" if was is None else "changed"
        )
        found.append(ChangedPart(part, kind, _lines(was, now)))
    return found


def _pairs(old: list[Part], new: list[Part]) -> list[tuple[Part | None, Part | None]]:
    """The parts of both, matched by heading; renamed ones by their place between those."""
    pairs: list[tuple[Part | None, Part | None]] = []
    matcher = SequenceMatcher(
        None, [p.heading for p in old], [p.heading for p in new], autojunk=False
    )
    for _tag, i, j, k, m in matcher.get_opcodes():
        was: list[Part | None] = list(old[i:j])
        now: list[Part | None] = list(new[k:m])
        length = max(len(was), len(now))
        was += [None] * (length - len(was))
        now += [None] * (length - len(now))
        pairs += zip(was, now, strict=True)
    return pairs


def _same(was: Part | None, now: Part | None) -> bool:
    """Whether nothing but the number differs: parts before it came or went."""
    return was is not None and now is not None and _words(was) == _words(now)


def _words(part: Part) -> tuple[str, str]:
    return part.heading, part.body


def _lines(was: Part | None, now: Part | None) -> list[Line | None]:
    """The changes within, below the heading; of the heading itself, if it is another."""
    old, new = _words(was) if was else ("", ""), _words(now) if now else ("", "")
    renamed = compare(old[0], new[0]) if was and now and old[0] != new[0] else []
    return [*renamed, *only_changes(compare(old[1], new[1]))]
