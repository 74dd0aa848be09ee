"""Every row of every table as bare values, whatever a model knows of it.

Read as the database lies on its disk, some pages at a time: for that no index is needed, no key
and no model, nobody waits, and memory does not grow with the table.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, transaction

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.jobs.models import Job
from consent.erasure.scanning.items import Item, Kind

STEP = 32
"""Pages of 8 kB that one statement reads."""
BATCH = 256
"""Pages, or so many tables, that are read in one transaction: it lasts about a tenth of a
second."""
BEYOND = 4_294_967_294
"""Past the last page that a table can have."""
_SAY_NOTHING = (bool, float, datetime, date, time, timedelta, type(None))

# Of ours: not the system's. Materialized views hold rows of their own.
_TABLES = """
    SELECT class.oid::regclass::text, relname,
        (pg_relation_size(class.oid) / current_setting('block_size')::int)::bigint,
        ARRAY(SELECT quote_ident(attname) FROM pg_attribute
              WHERE attrelid = class.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum),
        (SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid
             AND attnum = indkey[indnkeyatts - 1]
         WHERE indrelid = class.oid AND indisprimary)
    FROM pg_class class JOIN pg_namespace namespace ON namespace.oid = relnamespace
    WHERE relkind IN ('r', 'm') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
        AND has_schema_privilege(nspname, 'USAGE') AND has_table_privilege(class.oid, 'SELECT')
    ORDER BY 1
"""


@dataclass(frozen=True)
class Table:
    name: str
    """As SQL writes it."""
    relation: str
    pages: int
    columns: tuple[str, ...]
    key: str | None
    """The column that tells its rows apart."""


@dataclass(frozen=True)
class Stretch:
    """Pages of a table, from the first up to the one that is not read."""

    table: Table
    first: int
    end: int


def rows(unread: list[str], *, most: int | None = None) -> Iterator[Item]:
    """Each row with all its columns, as the platform's role sees them.

    ``most``: so many pages of a table, half of them its last ones, where new rows lie mostly, the
    others anywhere. A table that could not be read is named in ``unread``.
    """
    with platform_scope("erasure: look for people who were erased"):
        tables = _tables()
    stretches = [stretch for table in tables for stretch in _stretches(table, most)]
    jobs = {model._meta.db_table for model in apps.get_models() if issubclass(model, Job)}
    for batch in _batches(stretches):
        with platform_scope("erasure: look for people who were erased"):
            found = [(stretch.table, _read(stretch, unread)) for stretch in batch]
        for table, (names, values) in found:
            for row in values:
                yield _item(table, names, row, is_job=table.relation in jobs)


def _tables() -> list[Table]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [
            Table(name, relation, pages, tuple(columns), key)
            for name, relation, pages, columns, key in cursor.fetchall()
        ]


def _stretches(table: Table, most: int | None) -> Iterator[Stretch]:
    if not table.pages or not table.columns:
        return
    if most is None or table.pages <= most:
        starts: Sequence[int] = range(0, table.pages, STEP)
    else:
        lately = range(table.pages - most // 2, table.pages, STEP)
        before = range(0, table.pages - most // 2, STEP)
        starts = [*lately, *random.sample(before, min(len(before), most // 2 // STEP))]
    for first in starts:
        is_last = first + STEP >= table.pages  # It may have grown since.
        yield Stretch(table, first, BEYOND if is_last else first + STEP)


def _batches(stretches: Iterable[Stretch]) -> Iterator[list[Stretch]]:
    batch: list[Stretch] = []
    pages = 0
    for stretch in stretches:
        batch.append(stretch)
        pages += min(STEP, stretch.table.pages)
        if pages >= BATCH:
            yield batch
            batch, pages = [], 0
    if batch:
        yield batch


def _read(stretch: Stretch, unread: list[str]) -> tuple[list[str], list[tuple[Any, ...]]]:
    table = stretch.table
    wanted = ", ".join(table.columns)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT ctid::text, {wanted} FROM {table.name}"  # noqa: S608 (names of the catalog, quoted there)
                " WHERE ctid >= %s::tid AND ctid < %s::tid",
                [f"({stretch.first},0)", f"({stretch.end},0)"],
            )
            return [column.name for column in cursor.description], cursor.fetchall()
    except DatabaseError:  # Dropped in this moment, or damaged.
        if table.relation not in unread:
            unread.append(table.relation)
        return [], []


def _item(table: Table, names: list[str], row: tuple[Any, ...], *, is_job: bool) -> Item:
    values = dict(zip(names, row, strict=True))
    spot = values.pop("ctid")
    is_under_way = is_job and values["finished_at"] is None
    return Item(
        Kind.ROW,
        table.relation,
        parts=[
            (name, _content(value))
            for name, value in values.items()
            if not isinstance(value, _SAY_NOTHING)
        ],
        number=str(values[table.key]) if table.key else spot,
        spot=spot,
        under_way_since=values["created_at"] if is_under_way else None,
    )


def _content(value: Any) -> str | bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value)
