"""``manage.py rotate_keys`` over twenty thousand messages: how many rows a second, in what memory.

Baseline: one committed UPDATE of the same column of as many rows in a plain table of the same
PostgreSQL (the least that writing them anew can cost), and the same command with nothing left to
renew (the least that looking at them can cost). What its process takes to start is measured before
there are rows, and taken off. Its peak of memory must not grow with the rows. The worker is held:
it does not know the new key.
"""

import base64
import json
import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass

import psycopg

from benchmarks.figures import Figure, throughput
from benchmarks.running import KEPT, BenchmarkError, Demo

ROWS = 20_000
ROUNDS = 4  # An even number: then the demo's own key is the newest again.
NAME = "rows put under a new key"


@dataclass(frozen=True)
class Run:
    seconds: float
    megabytes: float


def measure(demo: Demo) -> list[Figure]:
    person = demo.someone("Gast mit vielen Nachrichten")
    person.write("Hallo", answers=2)
    own = json.loads((demo.var_dir / "secrets.json").read_text())["FIELD_KEYS"]
    ring = [own, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()]
    ours, plain, idle, peaks = [], [], [], []
    with demo.database() as database, demo.worker_held():
        rotate(demo, ring)
        calm = min((rotate(demo, ring) for _ in range(2)), key=lambda run: run.seconds)
        _multiply(database)
        try:
            for _ in range(ROUNDS):
                ring.reverse()
                done = rotate(demo, ring)
                ours.append(ROWS / (done.seconds - calm.seconds))
                peaks.append(done.megabytes)
                idle.append(ROWS / (rotate(demo, ring).seconds - calm.seconds))
                plain.append(ROWS / _plain_update(database))
        finally:
            database.execute("DROP TABLE bench_plain")
    over = f"{ROUNDS} rounds of {ROWS} rows in turn"
    return [
        throughput(NAME, ours, "plain UPDATE", plain, over=over),
        throughput(NAME, ours, "nothing to renew", idle, over=over),
        Figure(
            f"{NAME}, peak of memory",
            f"{max(peaks):.0f} MB",
            f"without rows {calm.megabytes:.0f} MB",
            f"{max(peaks) / calm.megabytes:.2f}",
            over,
        ),
    ]


def rotate(demo: Demo, ring: list[str]) -> Run:
    environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
        "DEBUG": "1",
        "VAR_DIR": str(demo.var_dir),
        "FIELD_KEYS": ",".join(ring),
    }
    begin = time.perf_counter()
    running = subprocess.Popen(
        [sys.executable, "manage.py", "rotate_keys"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise BenchmarkError("rotate_keys left rows under the old key.")
    return Run(time.perf_counter() - begin, used.ru_maxrss / 1024)


def _multiply(database: psycopg.Connection) -> None:
    """The newest message, twenty thousand times over, and as many rows in a plain table."""
    columns = [
        row[0]
        for row in database.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'bots_message' AND column_name <> 'id' ORDER BY 1"
        )
    ]
    named = ", ".join(columns)
    database.execute(
        f"INSERT INTO bots_message (id, {named}) SELECT gen_random_uuid(), {named}"
        " FROM (SELECT * FROM bots_message ORDER BY at DESC LIMIT 1), generate_series(1, %s)",
        [ROWS],
    )
    database.execute(
        "CREATE TABLE bench_plain AS SELECT id, text FROM bots_message ORDER BY id LIMIT %s",
        [ROWS],
    )
    database.execute("ALTER TABLE bench_plain ADD PRIMARY KEY (id)")


def _plain_update(database: psycopg.Connection) -> float:
    begin = time.perf_counter()
    database.execute("UPDATE bench_plain SET text = reverse(text)")
    return time.perf_counter() - begin
