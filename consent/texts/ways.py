"""The way from a version that somebody knows to the one in force: what has changed for them.

Versions are a tree. Each goes on from the one that stood when a lawyer first approved it, so a
version that was withdrawn before is no part of those that came later. Whoever knows a version goes
back to where its branch began, and forth to the one in force; whoever never saw what was withdrawn
does not pass by it.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from consent.texts.approvals import is_genuine
from consent.texts.effects import Effect, strongest
from consent.texts.models import Approval, TextVersion

Decided = tuple[TextVersion, Sequence[Approval]]
"""A version with all that a lawyer has said on it, in order."""

Moment = tuple[datetime, uuid.UUID]
"""When a word was said; of two at the same time the later one's number is greater."""


@dataclass(frozen=True)
class Way:
    """``back``: the versions that no longer hold for whoever knew them; ``forth``: those that do
    now, the oldest first.
    """

    back: tuple[TextVersion, ...] = ()
    forth: tuple[TextVersion, ...] = ()

    @property
    def effect(self) -> Effect:
        """The strongest on the way, in whichever direction."""
        return strongest(version.effect for version in (*self.back, *self.forth))


def way_between(seen: TextVersion, now: TextVersion, decided: Sequence[Decided]) -> Way:
    """From ``seen`` to ``now``, two versions of one text in one language.

    ``decided``: all of that text's on which a lawyer has said something, the newest first.
    """
    theirs, ours = _line(seen, decided), _line(now, decided)
    back = [version for version in theirs if version not in ours]
    forth = [version for version in ours if version not in theirs]
    return Way(tuple(back), tuple(reversed(forth)))


def approved_first(words: Iterable[Approval]) -> Moment | None:
    """When the version was approved for the first time, whatever was said later."""
    for said in words:
        if said.verdict == Approval.Verdict.APPROVED and is_genuine(said):
            return said.at, said.pk
    return None


def _line(version: TextVersion, decided: Sequence[Decided]) -> list[TextVersion]:
    """The version and those that it goes on from, up to the first one."""
    line: list[TextVersion] = []
    at: TextVersion | None = version
    while at is not None:
        line.append(at)
        at = _goes_on_from(at, decided)
    return line


def _goes_on_from(version: TextVersion, decided: Sequence[Decided]) -> TextVersion | None:
    """The newest earlier one that was not withdrawn then; else the newest that had been approved,
    which is what people knew when nothing was in force.
    """
    words = next((words for each, words in decided if each == version), ())
    then = approved_first(words)
    earlier: list[tuple[TextVersion, Approval]] = []
    for each, said in decided:
        if each.number < version.number:
            until_then = [word for word in said if then is None or (word.at, word.pk) < then]
            if approved_first(until_then) is not None:
                earlier.append((each, until_then[-1]))
    stood = (each for each, last in earlier if last.verdict != Approval.Verdict.REJECTED)
    return next(stood, earlier[0][0] if earlier else None)
