"""Statements sent as libpq sends them: prepared, all of one row in one round trip, then durable.

Both sides are written so, because psycopg's own pipeline costs its side more than the database
does. Without BEGIN, what goes together is one transaction, and the answer comes after its commit.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus

from benchmarks.ledger.turns import Write

Bound = list[bytes | None]


@dataclass(frozen=True)
class Prepared:
    """A statement with the types of its values."""

    text: bytes
    types: tuple[int, ...]
    formats: list[int]


def bound(url: str, text: str, rows: Sequence[Sequence[Any]]) -> tuple[Prepared, list[Bound]]:
    """The statement, and each row's values as they go over the wire."""
    place = count(1)
    with psycopg.connect(url) as connection:
        transformer = Transformer(connection)
        values = [
            [bytes(each) if each is not None else None for each in dumped]
            for dumped in (
                transformer.dump_sequence(row, [PyFormat.AUTO] * len(row)) for row in rows
            )
        ]
    statement = Prepared(
        re.sub("%s", lambda _found: f"${next(place)}", text).encode(),
        tuple(transformer.types or ()),
        [int(format_) for format_ in transformer.formats or ()],
    )
    return statement, values


def sends(url: str, statements: Sequence[Prepared], rows: Sequence[Sequence[Bound]]) -> Write:
    """Writes one row after the other; each has values for every statement."""
    connection = psycopg.connect(url, autocommit=True).pgconn
    for number, statement in enumerate(statements):
        result = connection.prepare(b"s%d" % number, statement.text, statement.types)
        if result.status != ExecStatus.COMMAND_OK:
            raise psycopg.DatabaseError(result.error_message.decode())
    connection.enter_pipeline_mode()
    left: Iterator[Sequence[Bound]] = iter(rows)

    def write() -> None:
        for number, values in enumerate(next(left)):
            formats = statements[number].formats
            connection.send_query_prepared(b"s%d" % number, values, formats)
        connection.pipeline_sync()
        connection.flush()
        while True:
            result = connection.get_result()
            if result is None:
                continue  # between two statements
            if result.status == ExecStatus.PIPELINE_SYNC:
                return
            if result.status not in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
                raise psycopg.DatabaseError(result.error_message.decode())

    return write
