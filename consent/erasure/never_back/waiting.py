"""What a restored database would still work on, from people who were erased after its copy.

Nothing else may be stored on them there: a first message, come in just when the copy was made,
names somebody who has no row yet. Only the rooms that let such things wait can find them.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.never_back import tombstones
from consent.erasure.never_back.tombstones import Entry
from tenants.bots.models import Subscriber

declare_store(Medium.MEMORY, __name__, NoPersonalData("Who drops what, said at the start."))


class Erased:
    """The people of these entries of one business, recognised by their identifiers."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._at: dict[uuid.UUID, dict[str, datetime]] = defaultdict(dict)
        self._keys = {entry.key for entry in entries}
        for entry in entries:
            for stone in entry.stones:
                if stone.channel and stone.digest:
                    of_channel = self._at[stone.channel]
                    of_channel[stone.digest] = max(entry.at, of_channel.get(stone.digest, entry.at))

    def includes(self, channel_id: uuid.UUID, identifier: str, *, before: datetime) -> bool:
        """Whether who is called so on this channel was erased after that moment."""
        of_channel = self._at.get(channel_id)
        if not of_channel:
            return False
        someone = Subscriber(channel_id=channel_id, external_id=identifier)
        digests = tombstones.digests_of(someone, self._keys).values()
        return any(before < of_channel[each] for each in digests if each in of_channel)


Dropping = Callable[[Erased], None]
"""Runs in the scope of the business, in a transaction; twice is once."""

_dropping: list[Dropping] = []


def drops_what_waits(dropping: Dropping) -> None:
    """Have ``dropping`` run where erasures are carried out again, before anybody is served."""
    _dropping.append(dropping)


def drop_what_waits(erased: Erased) -> None:
    for dropping in _dropping:
        dropping(erased)
