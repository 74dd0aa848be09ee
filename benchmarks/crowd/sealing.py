"""The crowd's consents become a ledger: true leaves, tiles, and a signed head every 10,000.

What is hashed, signed and published is the product's own; only the rows go in by COPY, because a
million sealings of what waits would take a quarter of an hour.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import psycopg
from django.utils import timezone
from psycopg.rows import namedtuple_row

from chatbo.foundation.encryption import decrypt
from consent.ledger.heads import publish_heads, signed_head
from consent.ledger.leaves import NOBODY, body_hash, identity_hash, leaf_of
from consent.ledger.merkle import root_of
from consent.ledger.models import Leaf, Tile
from consent.ledger.sealing import BLOCK
from consent.ledger.tiles import Tiles

RECORDS = """
    SELECT record.*, text.sha256 AS text, person.salt AS person_salt, person.identifier
    FROM ledger_consentrecord AS record
    JOIN texts_textversion AS text ON text.id = record.text_version_id
    LEFT JOIN ledger_consentidentity AS person USING (tenant_id, subject_id)
    ORDER BY record.id
"""
LEAVES = f'COPY "{Leaf._meta.db_table}" (id, tenant_id, position, hash, identity_hash) FROM STDIN'
TILES = f'COPY "{Tile._meta.db_table}" (level, index, hashes) FROM STDIN'


def seal_everything(database: psycopg.Connection[Any], reader: psycopg.Connection[Any]) -> int:
    """Seal all records that there are, and publish the heads. Both as the superuser."""
    database.execute("SET session_replication_role = replica")
    database.execute("SET synchronous_commit = off")
    tiles, heads = Tiles(), []
    opened = cache(decrypt)  # The crowd has a hundred different identifiers.
    with database.cursor() as cursor, cursor.copy(LEAVES.encode()) as leaves:
        for position, row in enumerate(_records(reader)):
            of_whom = NOBODY
            if row.identifier is not None:
                of_whom = identity_hash(row.person_salt, opened(row.identifier))
            leaf = leaf_of(body_hash(row, row.text), of_whom)
            size = tiles.grow(position, [leaf])
            leaves.write_row((row.id, row.tenant_id, position, leaf, of_whom))
            if size % BLOCK == 0:
                heads.append((size, root_of(tiles.node, size)))
    if not heads or heads[-1][0] != size:
        heads.append((size, root_of(tiles.node, size)))
    with database.cursor() as cursor, cursor.copy(TILES.encode()) as copy:
        for tile in tiles.changed():
            copy.write_row((tile.level, tile.index, tile.hashes))
    for size, root in heads:
        signed_head(size, root, timezone.now()).save(force_insert=True)
    publish_heads()
    database.execute(f"VACUUM (ANALYZE) {Leaf._meta.db_table}, {Tile._meta.db_table}".encode())
    return size


def _records(reader: psycopg.Connection[Any]) -> Iterator[Any]:
    with reader.cursor("records", row_factory=namedtuple_row) as cursor:
        cursor.itersize = BLOCK
        cursor.execute(RECORDS)
        yield from cursor
