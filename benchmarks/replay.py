"""What a start costs after a restore that has forgotten 100,000 erasures, and when nothing is lost.

Baseline: as much stored on as many other people, deleted by the tables' owner, by one bare DELETE a
table, which counts, withdraws and reports nothing. When nothing is lost: the look at the walls,
which every start has as well. Each erasure is an entry of its own outside, the dearest way to have
them, and a tenth more are of people whom the copy does not have, so that everybody on their
channels is compared by identifier. The issue's limit is two minutes.
"""

import json
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.crowd.running import another_database, manage_py, settings_of
from benchmarks.figures import Figure, latency
from benchmarks.running import BenchmarkError, Demo
from chatbo.embedded.record import free_port

LIMIT_SECONDS = 120


def measure(demo: Demo) -> Iterator[Figure]:
    urls = another_database(demo, "replay")
    environment = settings_of(demo, demo.var_dir.parent / "replay", free_port(), urls)
    manage_py(environment, "migrate", "--verbosity", "0")
    with demo.worker_held():
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.replaying.work"],
            env=environment | {"SUPERUSER_URL": urls["superuser_url"]},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise BenchmarkError(f"Replaying failed: {done.stderr.strip()[-500:]}")
    seen = json.loads(done.stdout)
    ours, entries = seen["ours"], seen["entries"]
    yield Figure(
        "erasures replayed after a restore",
        f"{ours:.1f} s, {seen['people'] / ours:.0f} people/s",
        f"bare DELETE {seen['bare']:.1f} s",
        f"{ours / seen['bare']:.1f}",
        f"{entries} entries, {seen['people']} people back, {seen['there']} others there, once",
    )
    yield latency(
        "a start with nothing to replay",
        seen["starts"],
        "look at the walls",
        seen["walls"],
        over=f"{len(seen['walls'])} of each in turn, {entries} entries known",
    )
    if ours > LIMIT_SECONDS:
        raise BenchmarkError(f"Replaying took {ours:.0f} s: more than {LIMIT_SECONDS}.")
