"""A block of records sealed, the whole ledger verified, and what a record takes up on the disk."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg

from benchmarks.figures import Figure, latency
from benchmarks.ledger.contenders import use_case
from benchmarks.running import BenchmarkError, seconds_of

if TYPE_CHECKING:
    from benchmarks.crowd.running import Crowd

BLOCKS = 3
OF_A_RECORD = ("ledger_consentrecord", "ledger_consentidentity", "ledger_leaf", "ledger_tile")
PLAIN_LEAVES = """
    INSERT INTO plain_leaf (id, tenant_id, position, hash, identity_hash)
    SELECT gen_random_uuid(), gen_random_uuid(), n, sha256(n::text::bytea), sha256(''::bytea)
    FROM generate_series(1, %s) AS n
"""


def sealed(crowd: "Crowd", tenant_id: str) -> Figure:
    """Blocks of records that the use case wrote, sealed and published, one after the other."""
    from chatbo.foundation.isolation import platform_scope, tenant_scope
    from consent.ledger.models import PendingLeaf
    from consent.ledger.sealing import BLOCK, seal

    seal()  # what waits
    write, ours, theirs = use_case(tenant_id), [], []
    with psycopg.connect(crowd.superuser_url, autocommit=True) as database:
        database.execute("CREATE TABLE plain_leaf AS SELECT * FROM ledger_leaf LIMIT 0")
        for _ in range(BLOCKS):
            with tenant_scope(tenant_id):
                for _ in range(BLOCK):
                    write()
            ours.append(seconds_of(seal))
            theirs.append(seconds_of(lambda: database.execute(PLAIN_LEAVES.encode(), [BLOCK])))
        database.execute("DROP TABLE plain_leaf")
    with platform_scope("benchmark: what is left to seal"):
        if left := PendingLeaf.objects.count():
            raise BenchmarkError(f"{left} records were not sealed.")
    over = f"{BLOCKS} blocks in turn"
    return latency(f"{BLOCK:,} records sealed", ours, "as many plain rows", theirs, over=over)


def verified() -> Figure:
    """All of it, as ``manage.py verify_ledger`` does; nothing may be found."""
    from chatbo.foundation.isolation import platform_scope
    from consent.ledger.reading import rows_by_position
    from consent.ledger.verifying import verify_ledger

    def read() -> None:
        with platform_scope("benchmark: read the ledger"):
            for _row in rows_by_position():
                pass

    found = []
    ours = seconds_of(lambda: found.append(verify_ledger()))
    theirs = seconds_of(read)
    (report,) = found
    if report.faults:
        raise BenchmarkError(f"The ledger is not intact: {report.faults[:3]}")
    return Figure(
        f"{report.records:,} records verified",
        f"{ours:.1f} s, {ours / report.records * 1e6:.1f} s a million",
        f"the same rows read {theirs:.1f} s",
        f"{ours / theirs:.2f}",
        f"once; {report.heads} heads, nothing found",
    )


def stored(crowd: "Crowd", records: int) -> Iterator[Figure]:
    """Tables and indexes as they were filled, in bytes a record; the baseline is one bare row."""
    with psycopg.connect(crowd.superuser_url, autocommit=True) as database:
        sizes = {}
        for table in OF_A_RECORD:
            asked = "SELECT pg_table_size(%s::regclass), pg_indexes_size(%s::regclass)"
            rows, indexes = database.execute(asked, [table, table]).fetchone() or (0, 0)
            sizes[table] = (rows / records, indexes / records)
    whole = sum(map(sum, sizes.values()))
    bare = sizes[OF_A_RECORD[0]][0]
    parts = ", ".join(
        f"{table.removeprefix('ledger_')} {rows:.0f} + {indexes:.0f}"
        for table, (rows, indexes) in sizes.items()
    )
    yield Figure(
        "bytes a record, tables and indexes",
        f"{whole:.0f}",
        f"the record's own row {bare:.0f}",
        f"{whole / bare:.2f}",
        f"{records:,} records: {parts}",
    )
