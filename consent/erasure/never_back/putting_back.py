"""After a restore, what was ordered about people holds again, before any of them is erased again.

A hold that was set after the backup keeps what it kept; nobody who had their data restricted is
answered as before. What has ended since is over again. Rooms say how a row of theirs is put back.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.never_back import tombstones, words
from consent.erasure.never_back.bearers import bearers
from consent.erasure.never_back.models import Replay
from consent.erasure.never_back.tombstones import Entry
from consent.erasure.never_back.words import Word
from tenants.accounts.models import Tenant
from tenants.bots.models import Subscriber

declare_store(Medium.MEMORY, __name__, NoPersonalData("Who puts what back, said at the start."))

PuttingBack = Callable[[Sequence[Word], Subscriber | None], bool]
"""Makes a row what its words say, the last of them last, for the person; row and person are
locked. Says whether it was something else. Runs in the scope of the business, in a transaction."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of what is ordered about people, as its room knows it."""

    name: str
    model: type[models.Model]
    putting_back: PuttingBack
    in_force: Callable[[], models.QuerySet[Any]]
    """The rows that a word must lie outside of; of whom nobody is left here, none."""
    say_as_it_is: Callable[[uuid.UUID], bool]
    """Says a word of this row, where it has none; says whether. Runs like ``putting_back``."""


_kinds: dict[str, Kind] = {}


def puts_back(kind: Kind) -> None:
    """Have words of this kind that a database has forgotten put back, and unsaid ones said."""
    _kinds[kind.name] = kind


def kinds() -> Iterator[Kind]:
    yield from _kinds.values()


def put_back(tenant_id: uuid.UUID, said: Sequence[Word], erased: Sequence[Entry]) -> None:
    """One business's words, row by row, each noted with its row: killed anywhere, it goes on.

    ``erased``: the business's tombstones that this database does not know either.
    """
    rows: dict[tuple[str, uuid.UUID], list[Word]] = defaultdict(list)
    for word in sorted(said, key=lambda word: (word.at, word.name)):
        rows[word.kind, word.of].append(word)
    with tenant_scope(tenant_id):
        is_here = Tenant.objects.filter(pk=tenant_id).exists()
        people = _People(said, erased) if is_here else None
    # In the order in which they came to be what they are: one may follow upon another's end.
    for its in sorted(rows.values(), key=lambda its: its[-1].at):
        with tenant_scope(tenant_id):
            if people and _is_put_back(its, people):
                Replay.under_way().count(entries=0, removed=0, put_back=1)
            words.note(word.name for word in its)


def _is_put_back(its: Sequence[Word], people: "_People") -> bool:
    """Not where this database knows as much by now: a process that serves meanwhile has said it
    after the known words were read and before the store was. It held the row while it did."""
    last = its[-1]
    kind = _kinds[last.kind]
    person = people.meant_by(its)
    kind.model._default_manager.select_for_update().filter(pk=last.of).first()
    return not words.is_known_or_older(last.name) and kind.putting_back(its, person)


class _People:
    """Whom words are about: by number, and where that is not there by identifier."""

    def __init__(self, said: Sequence[Word], erased: Sequence[Entry]) -> None:
        named = {word.name: word for word in said if word.person}
        found = bearers(
            [
                Entry(word.name, word.tenant, word.key, word.at, (word.person,))
                for word in named.values()
                if word.person
            ]
        )
        self._of_digest = {
            person.digest: number
            for name, numbers in found.items()
            if (person := named[name].person)
            for number in numbers
        }
        self._erased = erased

    def meant_by(self, its: Sequence[Word]) -> Subscriber | None:
        """The one whom these words of one row name, locked. Nobody, where they are not here."""
        word = next((word for word in reversed(its) if word.person), None)
        if word is None or word.person is None:
            return None
        here = Subscriber.objects.select_for_update(of=("self",))
        someone = here.filter(pk=word.person.subject).first()
        if someone is not None or word.person.digest not in self._of_digest:
            return someone
        number = self._of_digest[word.person.digest]
        someone = here.filter(pk=number, first_seen_at__lt=word.at).first()
        if someone is None or self._was_erased_before(word, someone):
            return None
        return someone

    def _was_erased_before(self, word: Word, someone: Subscriber) -> bool:
        """They came back afterwards, and what is here was gone when it was ordered."""
        for entry in self._erased:
            if not someone.first_seen_at < entry.at < word.at:
                continue
            digests = tombstones.digests_of(someone, [entry.key]).values()
            if any(s.subject == someone.pk or s.digest in digests for s in entry.stones):
                return True
        return False
