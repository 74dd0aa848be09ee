"""From a signed webhook to its 200, with the event committed: what Meta waits for.

Baseline: a plain committed INSERT of one row on the same PostgreSQL (the least that storing can
cost), and ``/healthz`` of the same web process (the least that a request can cost). First one at a
time for the latency, then eight at a time for the throughput. The worker is held meanwhile: its
answers would slow the baselines, which cause none.
"""

import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import psycopg

from benchmarks.figures import Figure, latency, throughput
from benchmarks.running import BenchmarkError, Demo, Web, seconds_of

TIMES = 300
ROUNDS = 9
AT_ONCE = 8
EACH = 6  # by each of those at once, in each round

NAME = "webhook to stored event"
INSERT = "plain INSERT"
FLOOR = "/healthz"

Act = Callable[[], object]


def measure(demo: Demo) -> list[Figure]:
    person = demo.someone("Gast des Vergleichs")
    person.write("Hallo", answers=2)  # the notice and the answer
    address = person.address
    with demo.database() as database:
        database.execute("CREATE TABLE bench_plain (id uuid PRIMARY KEY, payload text NOT NULL)")
        try:
            before = _stored(database)
            with demo.worker_held():
                figures = [*_one_at_a_time(demo, database, address), *_at_once(demo, address)]
                _leave_no_work(database)
            missing = TIMES + ROUNDS * AT_ONCE * EACH - (_stored(database) - before)
            if missing:
                raise BenchmarkError(f"{missing} events were answered 200 and are not stored.")
        finally:
            database.execute("DROP TABLE bench_plain")
    return figures


def _one_at_a_time(demo: Demo, database: psycopg.Connection, address: str) -> list[Figure]:
    ours, inserts, floor = [], [], []
    for _ in range(TIMES):
        ours.append(seconds_of(partial(_deliver, demo.web, address)))
        inserts.append(seconds_of(partial(_insert, database)))
        floor.append(seconds_of(demo.web.healthz))
    over = f"{TIMES} of each in turn, 1 connection"
    return [
        latency(NAME, ours, INSERT, inserts, over=over),
        latency(NAME, ours, FLOOR, floor, over=over),
    ]


def _at_once(demo: Demo, address: str) -> list[Figure]:
    ours, inserts, floor = [], [], []
    with ExitStack() as stack:
        webs = [stack.enter_context(demo.another_web()) for _ in range(AT_ONCE)]
        databases = [stack.enter_context(demo.database()) for _ in range(AT_ONCE)]
        pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        for _ in range(ROUNDS):
            ours.append(_rate(pool, [partial(_deliver, web, address) for web in webs]))
            inserts.append(_rate(pool, [partial(_insert, each) for each in databases]))
            floor.append(_rate(pool, [web.healthz for web in webs]))
    over = f"{ROUNDS} rounds of {AT_ONCE * EACH} in turn, {AT_ONCE} connections"
    return [
        throughput(NAME, ours, INSERT, inserts, over=over),
        throughput(NAME, ours, FLOOR, floor, over=over),
    ]


def _rate(pool: ThreadPoolExecutor, acts: Sequence[Act]) -> float:
    """How often a second, when each act is done again and again beside the others."""

    def often(act: Act) -> None:
        for _ in range(EACH):
            act()

    begin = time.perf_counter()
    list(pool.map(often, acts))
    return len(acts) * EACH / (time.perf_counter() - begin)


def _deliver(web: Web, address: str) -> None:
    message = {"mid": f"m-{uuid.uuid4()}", "text": "Hallo"}
    web.deliver({"sender": {"id": address}, "message": message})


def _insert(database: psycopg.Connection) -> None:
    database.execute("INSERT INTO bench_plain VALUES (%s, %s)", [uuid.uuid4(), "x" * 300])


def _stored(database: psycopg.Connection) -> int:
    found = database.execute("SELECT count(*) FROM conversation_incomingevent").fetchone()
    return int(found[0]) if found else 0


def _leave_no_work(database: psycopg.Connection) -> None:
    """What waits for the worker is not answered any more, so that the next benchmark has it."""
    database.execute(
        "UPDATE conversation_incomingevent SET finished_at = now(), lease_until = NULL"
        " WHERE finished_at IS NULL"
    )
