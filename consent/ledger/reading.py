"""All leaves in their order, each with the record and the person that it was made of.

In bare rows and PostgreSQL's own binary form: a million models would take minutes to make. The next
thousand is fetched while the last one is looked at.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import namedtuple_row

from consent.ledger.tiles import HASH, WIDTH

AT_ONCE = 4 * WIDTH
BEFORE_ALL = -(2**63)
"""Also before positions that no leaf of ours has."""

# Numbers and times as text, as they are hashed: they cost Python more than all else, and not each
# time that a database can hold is one of Python's. Joined by business and number, as the keys have
# it: by the number alone nothing is found fast.
_ROWS = """
    SELECT leaf.id::text AS leaf_id, leaf.tenant_id::text AS leaf_tenant,
        leaf.position AS leaf_position,
        leaf.hash AS leaf_hash, leaf.identity_hash AS leaf_identity,
        record.id::text, record.tenant_id::text, record.subject_id::text, record.corrects_id::text,
        record.text_version_id::text, record.salt, record.controller, record.decision,
        record.form_sha256, record.language, record.network, record.place, record.purpose,
        record.source, record.way,
        coalesce(
            to_char(record.given_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
            record.given_at::text
        ) AS given_at,
        coalesce(
            to_char(record.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
            record.received_at::text
        ) AS received_at,
        coalesce(
            to_char(record.shown_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
            record.shown_at::text
        ) AS shown_at,
        person.salt AS person_salt, person.identifier AS person_identifier,
        person.identifier_index AS person_index, ended.note AS ended_note
    FROM ledger_leaf AS leaf
    LEFT JOIN ledger_consentrecord AS record
        ON record.tenant_id = leaf.tenant_id AND record.id = leaf.id
    LEFT JOIN ledger_consentidentity AS person
        ON person.tenant_id = record.tenant_id AND person.subject_id = record.subject_id
    LEFT JOIN ledger_endedrecord AS ended
        ON ended.tenant_id = leaf.tenant_id AND ended.id = leaf.id
    WHERE leaf.position > %s
    ORDER BY leaf.position LIMIT %s
"""
_TILES = """
    SELECT index, hashes FROM ledger_tile WHERE level = 0 AND index BETWEEN %s AND %s
"""

Batch = list[tuple[Any, bytes]]


def rows_by_position() -> Iterator[tuple[Any, bytes]]:
    """Each row, and the hash that the stored tree has in its place: empty where it has none.

    In the open scope; the columns of the record are null where its business has no such one.
    """
    connection.ensure_connection()
    with (
        psycopg.Cursor(connection.connection, row_factory=namedtuple_row) as cursor,
        ThreadPoolExecutor(1) as beside,
    ):
        batch = _batch(cursor, after=BEFORE_ALL)
        while batch:
            coming = beside.submit(_batch, cursor, after=batch[-1][0].leaf_position)
            yield from batch
            batch = coming.result()


def _batch(cursor: psycopg.Cursor[Any], *, after: int) -> Batch:
    rows = cursor.execute(_ROWS, [after, AT_ONCE], binary=True).fetchall()
    if not rows:
        return []
    ends = (rows[0].leaf_position // WIDTH, rows[-1].leaf_position // WIDTH)
    tiles = {tile.index: tile.hashes for tile in cursor.execute(_TILES, ends, binary=True)}
    return [(row, _in_its_place(tiles, row.leaf_position)) for row in rows]


def _in_its_place(tiles: dict[int, bytes], position: int) -> bytes:
    index, within = divmod(position, WIDTH)
    return tiles.get(index, b"")[within * HASH : (within + 1) * HASH]
