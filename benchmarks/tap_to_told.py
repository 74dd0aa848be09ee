"""From the tap that says "yes, erase me" to the last message, with everything deleted between.

Baseline: a message to its answer, for the same person, just before (both go through webhook,
queue, worker and platform, so what differs is the erasure); and one committed DELETE of as many
plain rows, which is the least that forgetting can cost. Each person has 50 messages, three
consents, of which two hold, and two deliveries; the 95th percentile is to stay under a second.
"""

import uuid
from functools import partial

import psycopg

from benchmarks.figures import Figure, latency
from benchmarks.running import BenchmarkError, Demo, Person, seconds_of
from tenants.bots import payloads

TIMES = 40
QUESTION = "Gibt es am Sonntag Kuchen?"
MORE_MESSAGES, MORE_CONSENTS, MORE_EVENTS = 46, 2, 2
"""Beside the four messages and the notice that asking leaves behind."""


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
                ours.append(_erased(person, database))
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


def tapped(demo: Demo, database: psycopg.Connection, name: str) -> float:
    """Somebody new, who has said much: from their tap to the last message, in seconds."""
    person = demo.someone(name)
    person.write(QUESTION, answers=2)
    return _erased(person, database)


def _erased(person: Person, database: psycopg.Connection) -> float:
    person.seconds_until_told({"postback": _tap(payloads.UNSUBSCRIBE)})
    _grow(database)
    return person.seconds_until_told({"postback": _tap(payloads.ERASE)})


def _grow(database: psycopg.Connection) -> None:
    """The newest person has said more, agreed to something, and is still being heard."""
    for table, of_whom, changed, many in (
        ("bots_message", "subscriber_id = s.id AND direction = 'in'", "", MORE_MESSAGES),
        (
            "ledger_consentrecord",
            "subject_id IN (SELECT subject_id FROM ledger_consentidentity WHERE person_id = s.id)",
            ", 'decision', 'granted', 'purpose', CASE n WHEN 1 THEN 'chat' ELSE 'privacy' END",
            MORE_CONSENTS,
        ),
        (
            "conversation_incomingevent",
            "channel_id = s.channel_id",
            (
                ", 'sender_index', s.external_index, 'digest', gen_random_uuid(),"
                " 'payload', s.external_id, 'finished_at', now()"
            ),
            MORE_EVENTS,
        ),
    ):
        database.execute(
            f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(found)"
            f" || jsonb_build_object('id', gen_random_uuid(){changed}))).* FROM"
            " (SELECT * FROM bots_subscriber WHERE NOT is_trial AND NOT EXISTS"
            " (SELECT 1 FROM bots_bot b JOIN bots_channel c ON c.bot_id = b.id"
            " WHERE c.id = channel_id AND b.name = 'Menge')"
            " ORDER BY first_seen_at DESC LIMIT 1) s"
            f" JOIN LATERAL (SELECT * FROM {table} WHERE {of_whom} LIMIT 1) found ON true,"
            f" generate_series(1, {many}) AS n".encode()
        )


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
