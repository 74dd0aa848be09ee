"""How fast consents are written, durable at return, beside what others would do."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import psycopg

from benchmarks.figures import Figure, throughput
from benchmarks.ledger.contenders import (
    plain_insert,
    statements_of_the_use_case,
    use_case,
    watched_model,
)
from benchmarks.ledger.statements import sends
from benchmarks.ledger.turns import Writer, alone, together

if TYPE_CHECKING:
    from benchmarks.crowd.running import Crowd

ROUNDS, TIMES = 40, 10
WRITERS = 8


def written(crowd: "Crowd", tenant_id: str) -> Iterator[Figure]:
    yield from _use_case(crowd, tenant_id)
    yield from _database_part(crowd, tenant_id)


def _use_case(crowd: "Crowd", tenant_id: str) -> Iterator[Figure]:
    url = _compared(crowd)
    with ExitStack() as stack:
        sides = [
            stack.enter_context(writer)
            for writer in (
                Writer(use_case, tenant_id),
                Writer(partial(watched_model, at_once=False), url, tenant_id),
                Writer(partial(watched_model, at_once=True), url, tenant_id),
            )
        ]
        took = alone(sides, rounds=ROUNDS, times=TIMES)
    over = f"{ROUNDS * TIMES} of each in turn"
    name = "consents recorded by the use case, 1 writer"
    ours, twice, once = ([1 / seconds for seconds in side] for side in took)
    yield throughput(name, ours, "create with django-auditlog", twice, over=over)
    yield throughput(name, ours, "the same in one transaction", once, over=over)


def _database_part(crowd: "Crowd", tenant_id: str) -> Iterator[Figure]:
    """Every writer has records of its own, so many that none runs out of them."""
    each = (ROUNDS + 1) * TIMES
    statements, rows = statements_of_the_use_case(crowd, tenant_id, each * (WRITERS + 1))
    plain, plain_rows = plain_insert(crowd, statements, rows)
    sides = ((statements, rows), (plain, plain_rows))
    with ExitStack() as stack:
        # The last one's records are for the writer that is alone.
        writers = [
            [
                stack.enter_context(
                    Writer(sends, crowd.app_url, texts, values[place * each : (place + 1) * each])
                )
                for place in range(WRITERS + 1)
            ]
            for texts, values in sides
        ]
        took = alone([side[-1] for side in writers], rounds=ROUNDS, times=TIMES)
        rates = together([side[:-1] for side in writers], rounds=ROUNDS, times=TIMES)
    with psycopg.connect(crowd.superuser_url, autocommit=True) as database:
        database.execute("DROP TABLE plain_consent")
    yield throughput(
        "scope and record in one round trip, 1 writer",
        [1 / seconds for seconds in took[0]],
        "plain INSERT",
        [1 / seconds for seconds in took[1]],
        over=f"{ROUNDS * TIMES} of each in turn",
    )
    yield throughput(
        f"scope and record in one round trip, {WRITERS} writers, one business",
        rates[0],
        "plain INSERT",
        rates[1],
        over=f"{ROUNDS} rounds of {WRITERS * TIMES} in turn",
    )


def _compared(crowd: "Crowd") -> str:
    """A database beside the crowd's, with the model that is compared; the owner's address of it."""
    from benchmarks.crowd.running import manage_py

    name = "compared"
    with psycopg.connect(crowd.superuser_url, autocommit=True) as database:
        database.execute(f"CREATE DATABASE {name} OWNER chatbo_owner".encode())
    url = f"{crowd.owner_url.rsplit('/', 1)[0]}/{name}"
    settings = {"DJANGO_SETTINGS_MODULE": "benchmarks.ledger.compared.settings"}
    manage_py({**settings, "COMPARED_URL": url}, "migrate", "--run-syncdb", "--verbosity", "0")
    return url
