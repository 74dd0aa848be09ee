"""Who in a restored database is meant by what lies outside, although the number is another."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence

from consent.erasure.never_back import tombstones
from consent.erasure.never_back.tombstones import Entry
from tenants.bots.models import Subscriber

LOOKED_UP = 5000
READ_AT_ONCE = 2000


def bearers(entries: Sequence[Entry]) -> dict[str, list[uuid.UUID]]:
    """Under another number, but with the identifier of somebody who was erased later; by entry.

    Looked for only where the number itself is not there: on one channel an identifier has one row.
    """
    subjects = [stone.subject for entry in entries for stone in entry.stones]
    there: set[uuid.UUID] = set()
    for some in parts(subjects):
        there.update(Subscriber.objects.filter(pk__in=some).values_list("pk", flat=True))
    wanted: dict[uuid.UUID, dict[str, Entry]] = defaultdict(dict)
    for entry in sorted(entries, key=lambda entry: entry.at):  # The latest counts.
        for stone in entry.stones:
            if stone.digest and stone.channel and stone.subject not in there:
                wanted[stone.channel][stone.digest] = entry
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    for channel_id, of_digest in wanted.items():
        for pk, entry in _bearers_on(channel_id, of_digest):
            found[entry.name].append(pk)
    return found


def _bearers_on(
    channel_id: uuid.UUID, of_digest: dict[str, Entry]
) -> Iterator[tuple[uuid.UUID, Entry]]:
    keys = {entry.key for entry in of_digest.values()}
    latest = max(entry.at for entry in of_digest.values())
    people = Subscriber.objects.filter(channel_id=channel_id, first_seen_at__lt=latest).only(
        "tenant_id", "channel_id", "external_id", "first_seen_at"
    )
    for each in people.iterator(chunk_size=READ_AT_ONCE):
        for digest in tombstones.digests_of(each, keys).values():
            entry = of_digest.get(digest)
            if entry is not None and each.first_seen_at < entry.at:
                yield each.pk, entry


def parts(numbers: Sequence[uuid.UUID]) -> Iterator[Sequence[uuid.UUID]]:
    """As many as one statement asks for."""
    for start in range(0, len(numbers), LOOKED_UP):
        yield numbers[start : start + LOOKED_UP]
