"""From the tap that says "yes, erase me" to the last message, with everything deleted between.

Baseline: a message to its answer, for the same person, just before (both go through webhook,
queue, worker and platform, so what differs is the erasure); and one committed DELETE of as many
plain rows, which is the least that forgetting can cost.
"""

import uuid
from functools import partial

import psycopg

from benchmarks.figures import Figure, latency
from benchmarks.running import BenchmarkError, Demo, seconds_of
from tenants.bots import payloads

TIMES = 40
QUESTION = "Gibt es am Sonntag Kuchen?"


def measure(demo: Demo) -> list[Figure]:
    ours, answers, deletes = [], [], []
    with demo.database() as database:
        database.execute("CREATE TABLE bench_person (person int, payload text NOT NULL)")
        database.execute("CREATE INDEX ON bench_person (person)")
        try:
            before = _told(database)
            for number in range(TIMES):
                person = demo.someone(f"Gast {number} des Vergleichs")
                person.write(QUESTION, answers=2)  # the notice and the answer
                answers.append(person.seconds_until_told({"message": _message(QUESTION)}))
                person.seconds_until_told({"postback": _tap(payloads.UNSUBSCRIBE)})
                ours.append(person.seconds_until_told({"postback": _tap(payloads.ERASE)}))
                _remember(database, number, rows=_rows_deleted_last(database))
                deletes.append(seconds_of(partial(_forget, database, number)))
            if (told := _told(database) - before) != TIMES:
                raise BenchmarkError(f"{TIMES} were told, but {told} deleted before it.")
        finally:
            database.execute("DROP TABLE bench_person")
    name, over = "tap to told", f"{TIMES} persons, of each in turn"
    return [
        latency(name, ours, "message to answer", answers, over=over),
        latency(name, ours, "plain DELETE", deletes, over=over),
    ]


def _message(text: str) -> dict[str, str]:
    return {"mid": f"m-{uuid.uuid4()}", "text": text}


def _tap(payload: str) -> dict[str, str]:
    return {"mid": f"m-{uuid.uuid4()}", "title": "Tap", "payload": payload}


def _remember(database: psycopg.Connection, number: int, *, rows: int) -> None:
    database.execute(
        "INSERT INTO bench_person SELECT %s, repeat('x', 300) FROM generate_series(1, %s)",
        [number, rows],
    )


def _forget(database: psycopg.Connection, number: int) -> None:
    database.execute("DELETE FROM bench_person WHERE person = %s", [number])


def _rows_deleted_last(database: psycopg.Connection) -> int:
    return _number(
        database,
        "SELECT coalesce(sum(value::int), 0) FROM jsonb_each_text("
        "(SELECT counts FROM erasure_erasure ORDER BY created_at DESC LIMIT 1))",
    )


def _told(database: psycopg.Connection) -> int:
    """The erasures whose deletion was over before the message; it may still be being noted."""
    return _number(
        database,
        "SELECT count(*) FROM erasure_erasure WHERE deleted_at IS NOT NULL"
        " AND state IN ('deleted', 'told')",
    )


def _number(database: psycopg.Connection, query: str) -> int:
    found = database.execute(query.encode()).fetchone()
    return int(found[0]) if found else 0
