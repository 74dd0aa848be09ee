"""From a signed webhook to its event, committed: what Meta waits for, five seconds at most.

Baseline: the least that such a request can cost, an answer of the same web process that does
nothing (``/healthz``) and one plain row committed on the same PostgreSQL.
"""

import time
import uuid

import psycopg

from benchmarks.figures import Figure
from benchmarks.running import Demo

TIMES = 300


def measure(demo: Demo) -> Figure:
    person = demo.someone("Gast des Vergleichs")
    person.write("Hallo")
    sender = {"sender": {"id": person.address}}
    ours, theirs = [], []
    with psycopg.connect(demo.addresses.owner_url, autocommit=True) as plain:
        plain.execute("CREATE TABLE bench_plain (id uuid PRIMARY KEY, payload text NOT NULL)")
        for number in range(TIMES):
            message = {"mid": f"m-bench-{number}", "text": "Hallo"}
            ours.append(demo.deliver({**sender, "message": message}))
            begin = time.perf_counter()
            demo.http.get("/healthz")
            plain.execute("INSERT INTO bench_plain VALUES (%s, %s)", [uuid.uuid4(), "x" * 300])
            theirs.append(time.perf_counter() - begin)
        plain.execute("DROP TABLE bench_plain")
    return Figure("webhook to stored event", ours, "/healthz and a plain INSERT", theirs)
