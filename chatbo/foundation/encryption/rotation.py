"""Putting rows under the newest key, while the system runs.

Rows are read without a lock and worked out; then one statement writes a batch. It passes over
rows that somebody holds (``SKIP LOCKED``), so that it waits for nobody, and writes only over what
was read, so that nobody's change is lost; both kinds come round again. What is under the newest
key already is neither written nor locked: killed anywhere, the next run goes on.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection

from chatbo.foundation.encryption.columns import KeyedTable, Renewed, column_of
from chatbo.foundation.encryption.fields import Sealed
from chatbo.foundation.encryption.owners import Owner, owners_of
from chatbo.foundation.encryption.ring import UnreadableError

BATCH = 500
PAUSES = (0.2, 0.5, 1, 2, 5)
"""Seconds before the rows that somebody held are tried again, once each."""

Row = dict[str, Any]


@dataclass
class Tally:
    """What became of a table's rows."""

    renewed: int = 0
    newest: int = 0
    """Were under the newest key already."""
    held: int = 0
    """Somebody held them, each time: another run will find them."""
    unreadable: dict[tuple[str, Any], UnreadableError] = field(default_factory=dict)
    """By column and row's key."""
    doubled: list[Any] = field(default_factory=list)
    """Keys of rows whose value another row has, under another key: it may be there once."""

    @property
    def is_done(self) -> bool:
        return not (self.held or self.unreadable or self.doubled)


@dataclass(frozen=True)
class _Change:
    pk: Any
    columns: tuple[Renewed, ...]


def rotate_table(table: KeyedTable) -> Tally:
    """Put every row of a table under the newest key, owner by owner. Twice is harmless."""
    tally = Tally()
    left = [
        (owner, keys)
        for owner in owners_of(table.model)
        for rows in _batches(table, owner)
        if (keys := _renew(table, owner, rows, tally))
    ]
    for pause in PAUSES if left else ():
        time.sleep(pause)
        tried = [
            (owner, _renew(table, owner, _again(table, owner, keys), tally)) for owner, keys in left
        ]
        left = [(owner, keys) for owner, keys in tried if keys]
    tally.held = sum(len(keys) for _, keys in left)
    return tally


def _renew(table: KeyedTable, owner: Owner, rows: Sequence[Row], tally: Tally) -> list[Any]:
    """Work a batch out and write it. Gives back the keys of the rows that were not to be had."""
    changes = [change for row in rows if (change := _worked_out(table, row, tally))]
    if not changes:
        return []
    try:
        with owner.scope():
            written = _write(table, changes)
    except IntegrityError:
        written = _write_singly(table, owner, changes, tally)
    tally.renewed += len(written)
    settled = {*written, *tally.doubled}
    return [change.pk for change in changes if change.pk not in settled]


def _worked_out(table: KeyedTable, row: Row, tally: Tally) -> _Change | None:
    """The row under the newest key; ``None``, where it is already, or cannot be."""
    pk = row[table.key]
    columns = []
    for column in table.encrypted:
        try:
            renewed = column.renewed(row[column.name])
        except UnreadableError:
            tally.unreadable[column.name, pk] = UnreadableError(table.name, column.name, pk)
            renewed = Renewed(row[column.name], row[column.name], Sealed(row[column.name]))
        columns.append(renewed)
    if table.indexes:
        plain = row | {
            column.name: renewed.text
            for column, renewed in zip(table.encrypted, columns, strict=True)
        }
        columns += _indexes(table, row, plain)
    if any(renewed.is_new for renewed in columns):
        return _Change(pk, tuple(columns))
    tally.newest += 1
    return None


def _indexes(table: KeyedTable, row: Row, plain: Row) -> Iterator[Renewed]:
    fields = table.model._meta.concrete_fields
    instance = table.model.from_db(
        connection.alias,
        [each.attname for each in fields],
        [plain[column_of(each)] for each in fields],
    )
    for index in table.indexes:
        held = row[column_of(index)]
        try:
            yield Renewed(held, index.digest_of(instance))
        except UnreadableError:
            yield Renewed(held, held)


def _batches(table: KeyedTable, owner: Owner) -> Iterator[list[Row]]:
    """All rows that hold anything, in the order of their key, a batch at a time."""
    holds = " OR ".join(f"{_quoted(name)}::text <> ''" for name in table.columns)
    onward = f"({holds}) AND {_quoted(table.key)} > %s"
    rows = _read(table, owner, f"({holds})", [])
    while rows:
        yield rows
        rows = _read(table, owner, onward, [rows[-1][table.key]])


def _again(table: KeyedTable, owner: Owner, keys: list[Any]) -> list[Row]:
    return _read(table, owner, f"{_quoted(table.key)} = ANY(%s)", [keys])


def _read(table: KeyedTable, owner: Owner, condition: str, values: list[Any]) -> list[Row]:
    encrypted = {column.name for column in table.encrypted}
    names = table.read
    wanted = ", ".join(_quoted(name) + "::text" * (name in encrypted) for name in names)
    with owner.scope(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {wanted} FROM {_quoted(table.name)}"  # noqa: S608 (names of ours alone)
            f" WHERE {condition} AND {owner.condition} ORDER BY {_quoted(table.key)} LIMIT {BATCH}",
            values,
        )
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _write(table: KeyedTable, changes: Sequence[_Change]) -> list[Any]:
    """Write what is free and still as it was read. Gives back the keys of the rows written.

    ``FOR UPDATE``, not the weaker lock: an index may be part of a unique constraint, and then
    the UPDATE would wait for whoever just refers to the row.
    """
    name, key = _quoted(table.name), _quoted(table.key)
    kinds = {
        column_of(each): each.db_type(connection) for each in table.model._meta.concrete_fields
    }
    given, names, setting, unchanged = [f"%s::{kinds[table.key]}[]"], ["pk"], [], []
    values: list[list[Any]] = [[change.pk for change in changes]]
    for place, column in enumerate(table.columns):
        kind = "jsonb" if kinds[column] == "jsonb" else "text"
        given += ["%s::text[]", "%s::text[]"]
        names += [f"before{place}", f"after{place}"]
        values += [
            [change.columns[place].before for change in changes],
            [change.columns[place].after for change in changes],
        ]
        setting.append(f"{_quoted(column)} = given.after{place}::{kind}")
        unchanged.append(f"held.{_quoted(column)} IS NOT DISTINCT FROM given.before{place}::{kind}")
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH free AS (SELECT {key} FROM {name} WHERE {key} = ANY(%s)"  # noqa: S608 (names of ours alone)
            f" FOR UPDATE SKIP LOCKED)"
            f" UPDATE {name} AS held SET {', '.join(setting)}"
            f" FROM free, unnest({', '.join(given)}) AS given({', '.join(names)})"
            f" WHERE held.{key} = free.{key} AND held.{key} = given.pk"
            f" AND {' AND '.join(unchanged)} RETURNING held.{key}",
            [values[0], *values],
        )
        return [row[0] for row in cursor.fetchall()]


def _write_singly(
    table: KeyedTable, owner: Owner, changes: Sequence[_Change], tally: Tally
) -> list[Any]:
    """Write a batch in which one row cannot be written: the others go through."""
    written = []
    for change in changes:
        try:
            with owner.scope():
                written += _write(table, [change])
        except IntegrityError:
            tally.doubled.append(change.pk)
    return written


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
