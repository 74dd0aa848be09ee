"""Putting the directory's digests under the newest key. The values are asked of the rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, models, transaction

from chatbo.foundation.encryption.owners import Owner, owners_of
from chatbo.foundation.encryption.ring import blind_indexes
from chatbo.foundation.isolation.listing import Listed, listings
from chatbo.foundation.isolation.models import DirectoryEntry

BATCH = 500
DIRECTORY = DirectoryEntry._meta.db_table


@dataclass
class Listing:
    """What became of the entries of one kind."""

    renewed: int = 0
    newest: int = 0
    """Are under the newest key now."""
    left: int = 0
    """Stay under an old key: somebody held them, or there are two for one value."""
    unknown: int = 0
    """Lead to no row that knows their value (any more)."""


@dataclass(frozen=True)
class _Value:
    kind: str
    digests: list[str]
    """Under every key of the ring, the newest first."""


def rotate_directory() -> dict[str, Listing]:
    """Put every entry whose value a row knows under the newest key. Twice is harmless.

    Kinds whose value nobody keeps are left out: their addresses end by themselves in time.
    """
    found: dict[str, Listing] = {}
    for model, stated in listings():
        known = [listed for listed in stated if listed.value]
        for listed in known:
            found.setdefault(listed.kind, Listing())
        for owner in owners_of(model) if known else ():
            for rows in _batches(model, owner):
                with owner.scope():
                    _renew([_value(listed, row) for row in rows for listed in known], found)
    counted = DirectoryEntry.objects.values_list("kind").annotate(models.Count("pk"))
    totals: dict[str, int] = dict(counted)
    for kind, listing in found.items():
        listing.unknown = max(0, totals.get(kind, 0) - listing.newest - listing.left)
    return found


def _value(listed: Listed, row: models.Model) -> _Value:
    value = listed.value(row) if listed.value else ""
    return _Value(listed.kind, blind_indexes(value, purpose=listed.kind))


def _batches(model: type[models.Model], owner: Owner) -> Iterator[list[models.Model]]:
    every = model._base_manager.order_by("pk")
    last: Any = None
    while True:
        with owner.scope():
            rows = list((every.filter(pk__gt=last) if last else every)[:BATCH])
        if not rows:
            return
        yield rows
        last = rows[-1].pk


def _renew(values: list[_Value], found: dict[str, Listing]) -> None:
    pairs = [(value.kind, old, value.digests[0]) for value in values for old in value.digests[1:]]
    try:
        renewed = _write(pairs)
    except IntegrityError:  # One value has two entries: the others go through.
        renewed = [kind for pair in pairs for kind in _write_one(pair)]
    for kind in renewed:
        found[kind].renewed += 1
    for kind, count in _there([(value.kind, value.digests[0]) for value in values]).items():
        found[kind].newest += count
    for kind, count in _there([(kind, old) for kind, old, _ in pairs]).items():
        found[kind].left += count


def _write_one(pair: tuple[str, str, str]) -> list[str]:
    try:
        return _write([pair])
    except IntegrityError:
        return []


@transaction.atomic
def _write(pairs: list[tuple[str, str, str]]) -> list[str]:
    if not pairs:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH free AS (SELECT entry.id, given.after FROM {DIRECTORY} AS entry"  # noqa: S608 (a name of ours)
            " JOIN unnest(%s::text[], %s::text[], %s::text[]) AS given(kind, before, after)"
            " ON entry.kind = given.kind AND entry.digest = given.before"
            " FOR UPDATE OF entry SKIP LOCKED)"
            f" UPDATE {DIRECTORY} AS entry SET digest = free.after FROM free"
            " WHERE entry.id = free.id RETURNING entry.kind",
            [list(column) for column in zip(*pairs, strict=True)],
        )
        return [row[0] for row in cursor.fetchall()]


def _there(digests: list[tuple[str, str]]) -> dict[str, int]:
    """How many entries of each kind are under one of these digests."""
    if not digests:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT entry.kind, count(*) FROM {DIRECTORY} AS entry"  # noqa: S608 (a name of ours)
            " JOIN unnest(%s::text[], %s::text[]) AS given(kind, digest)"
            " ON entry.kind = given.kind AND entry.digest = given.digest GROUP BY entry.kind",
            [list(column) for column in zip(*digests, strict=True)],
        )
        return dict(cursor.fetchall())
