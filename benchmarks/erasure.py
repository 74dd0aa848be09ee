"""Erasing a million rows of very many people, and one person's tap meanwhile.

Baseline: the same rows of as many people, deleted by the plainest statements in sets of 500,
each set committed, past row-level security and without tombstones, counts, withdrawals or a job;
of its rate 0.7 is to be reached. Whoever is next to go knocks at their own row all the while: the
longest that they wait is to stay under 100 ms. Memory must not grow with the people. For the tap:
the same tap with nothing else to do (``tap_to_told``), just before; its 95th percentile is to stay
under 5 seconds. Attributes of a person do not exist in the
product, and a file only where somebody has asked for their copy, so none of either go.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg

from benchmarks.crowd.running import another_database, manage_py, settings_of
from benchmarks.figures import Figure, latency, p95, throughput
from benchmarks.running import KEPT, BenchmarkError, Demo
from benchmarks.tap_to_told import tapped

PEOPLE = 18_500
"""54 rows each: a million."""
ROUNDS = 3
TAPS = 20
BESIDE, THEIR_MESSAGES = 50_000, 10
"""Who is erased while somebody taps."""
DATABASE = "erased"


def measure(demo: Demo) -> Iterator[Figure]:
    with demo.worker_held():
        yield from _in_bulk(demo)
    yield _tap_beside(demo)


def _in_bulk(demo: Demo) -> Iterator[Figure]:
    seen = _worked(demo)
    over = f"{ROUNDS} rounds of {PEOPLE} people, {PEOPLE * seen['rows']:,} rows, of each in turn"
    yield throughput("erased in bulk, rows", seen["ours"], "bare DELETE", seen["bare"], over=over)
    waits = seen["waits"]
    yield Figure(
        "longest wait for one's own row meanwhile",
        f"{max(waits) * 1000:.0f} ms (p95 {p95(waits) * 1000:.0f})",
        "to stay under 100 ms",
        f"{max(waits) / 0.1:.2f}",
        f"{len(waits)} knocks while {PEOPLE} people went",
    )
    before, after = seen["memory"][0][1], seen["memory"][-1][1]
    yield Figure(
        "peak of memory after the last round",
        f"{after:.0f} MB",
        f"after the first {before:.0f} MB",
        f"{after / before:.2f}",
        over,
    )


def _worked(demo: Demo) -> dict[str, list[float]]:
    """By a process of its own on a database of its own, with the settings of production."""
    var_dir = demo.var_dir.parent / DATABASE
    urls = another_database(demo, DATABASE)
    environment = settings_of(demo, var_dir, demo.port, urls)
    manage_py(environment, "migrate", "--verbosity", "0")
    Path(var_dir, "outside").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.erasing", str(PEOPLE), str(ROUNDS)],
        env=environment | {"SUPERUSER_URL": urls["superuser_url"]},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchmarkError(f"Erasing in bulk failed: {done.stderr.strip()[-500:]}")
    seen: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return seen


def _tap_beside(demo: Demo) -> Figure:
    with demo.database() as database:
        alone = [tapped(demo, database, f"Gast {number} allein") for number in range(TAPS)]
        _crowd(database)
        _erase_the_crowd(demo)
        beside: list[float] = []
        while _is_under_way(database):
            beside.append(tapped(demo, database, f"Gast {len(beside)} nebenher"))
    if len(beside) < TAPS // 2:
        raise BenchmarkError(f"The bulk was over after {len(beside)} taps: set BESIDE higher.")
    return latency(
        "tap to told while others are erased in bulk",
        beside,
        "with nothing else to do",
        alone,
        over=f"{len(beside)} taps while {BESIDE} people with {THEIR_MESSAGES} messages each went",
    )


def _crowd(database: psycopg.Connection) -> None:
    """On a bot of their own: copies of a person who is there, whose number does not matter."""
    for table, changed, source in (
        ("bots_bot", "'id', bot, 'name', 'Menge'", "b.id = c.bot_id AND b.tenant_id = c.tenant_id"),
        ("bots_channel", "'id', channel, 'bot_id', bot, 'external_id', bot::text", "b.id = c.id"),
    ):
        if table == "bots_bot":
            database.execute(
                "CREATE TABLE bench_crowd AS SELECT gen_random_uuid() AS bot,"
                " gen_random_uuid() AS channel, tenant_id, channel_id AS of_channel, id AS person"
                " FROM bots_subscriber ORDER BY first_seen_at DESC LIMIT 1"
            )
        database.execute(
            f"INSERT INTO {table} SELECT (jsonb_populate_record(b,"
            f" jsonb_build_object({changed}))).* FROM bench_crowd JOIN bots_channel c"
            f" ON c.id = of_channel JOIN {table} b ON {source}".encode()
        )
    database.execute(
        "INSERT INTO bots_subscriber SELECT (jsonb_populate_record(s, jsonb_build_object("
        "'id', uuidv7(), 'channel_id', channel, 'external_index', gen_random_uuid()::text))).*"
        " FROM bench_crowd JOIN bots_subscriber s ON s.id = person, generate_series(1, %s)",
        [BESIDE],
    )
    database.execute(
        "INSERT INTO bots_message SELECT (jsonb_populate_record(NULL::bots_message, to_jsonb(m)"
        " || jsonb_build_object('id', uuidv7(), 'subscriber_id', s.id))).* FROM bench_crowd"
        " JOIN LATERAL (SELECT * FROM bots_message WHERE subscriber_id = person LIMIT 1) m ON true"
        " JOIN bots_subscriber s ON s.channel_id = channel, generate_series(1, %s)",
        [THEIR_MESSAGES],
    )
    database.execute("ANALYZE")


def _erase_the_crowd(demo: Demo) -> None:
    """As a member does by the page, whose worker is the demo's."""
    code = (
        "from django.utils import timezone; from chatbo.foundation.isolation import *;"
        "from django.db import connections; from consent.erasure.requests import *;"
        "from consent.erasure.selecting import all_of; from tenants.bots.models import Bot\n"
        "with connections['owner'].cursor() as cursor:\n"
        "    cursor.execute('SELECT tenant_id, bot FROM bench_crowd'); row = cursor.fetchone()\n"
        "with tenant_scope(row[0]):\n"
        "    request_erasure_of_many(all_of(Bot.objects.get(pk=row[1]), until=timezone.now()),"
        " origin='tenant', language='de')\n"
    )
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    manage_py(environment | {"DEBUG": "1", "VAR_DIR": str(demo.var_dir)}, "shell", "-c", code)


def _is_under_way(database: psycopg.Connection) -> bool:
    found = database.execute(
        "SELECT 1 FROM erasure_erasure WHERE subject_id IS NULL AND finished_at IS NULL"
    )
    return found.fetchone() is not None
