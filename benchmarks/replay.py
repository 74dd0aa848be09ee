"""What a start costs after a restore that has forgotten 100,000 erasures, and when nothing is lost.

Baseline: the rows of as many other people, with whom the same is stored, deleted by their tables'
owner, by one bare DELETE a table, which counts, withdraws and reports nothing. Each erasure is an
entry of its own outside, the dearest way to have them; a tenth is of people whom the copy does not
have, so that every channel's people are compared by identifier. The issue's limit is two minutes.
When nothing is lost: the look at the walls, which every start has as well.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.crowd.running import Crowd
from benchmarks.figures import Figure, latency
from benchmarks.running import BenchmarkError, Demo, seconds_of

EVERY = 11
"""Of a million people, each eleventh one is erased, and each eleventh other one is the baseline."""
AFTER_THE_COPY = 10
"""To so many of them comes one who came after the copy was made."""
LIMIT_SECONDS = 120
STARTS = 5


def measure(demo: Demo) -> Iterator[Figure]:
    crowd = demo.crowd
    from chatbo.foundation.isolation.starting import refuse_without_walls
    from consent.erasure.replaying import replay_erasures

    with demo.worker_held():
        people, entries = _erased_after_the_copy(crowd)
        plain = _plain_delete(crowd, people)
        ours = seconds_of(replay_erasures)
        _look_that_all_is_done(people, entries)
        yield Figure(
            "erasures replayed",
            f"{ours:.1f} s, {entries / ours:.0f}/s",
            f"bare DELETE {plain:.1f} s",
            f"{ours / plain:.1f}",
            f"{entries} entries, {people} people removed, once",
        )
        if ours > LIMIT_SECONDS:
            raise BenchmarkError(f"Replaying took {ours:.0f} s: more than {LIMIT_SECONDS}.")
        starts = [
            (seconds_of(replay_erasures), seconds_of(refuse_without_walls)) for _ in range(STARTS)
        ]
        ours_at_start, walls = zip(*starts, strict=True)
        yield latency(
            "a start with nothing to replay",
            ours_at_start,
            "look at the walls",
            walls,
            over=f"{STARTS} of each in turn, {entries} entries known",
        )


def _erased_after_the_copy(crowd: Crowd) -> tuple[int, int]:
    """Tombstones outside of which the database knows nothing: of how many people, in how many."""
    from chatbo.foundation.isolation import tenant_scope
    from chatbo.foundation.isolation.ids import new_id
    from consent.erasure import tombstones
    from tenants.bots.models import Subscriber

    people = entries = 0
    with _unhurried():
        for tenant in crowd.people.tenants:
            with tenant_scope(tenant.pk):
                numbers = list(
                    Subscriber.objects.order_by("pk").values_list("pk", flat=True)[::EVERY]
                )
                for each in Subscriber.objects.filter(pk__in=numbers):
                    people, entries = people + 1, entries + 1
                    tombstones.put_up(tombstones.name_of(new_id()), [each])
                    if people % AFTER_THE_COPY == 0:
                        entries += 1
                        stranger = Subscriber(channel_id=each.channel_id, external_id=str(entries))
                        tombstones.put_up(tombstones.name_of(new_id()), [stranger])
    return people, entries


@contextmanager
def _unhurried() -> Iterator[None]:
    """Without waiting for the disk twice an entry: that was paid when they were erased."""
    fsync = os.fsync
    os.fsync = lambda _descriptor: None
    try:
        yield
    finally:
        os.fsync = fsync


def _plain_delete(crowd: Crowd, people: int) -> float:
    with crowd.database(crowd.superuser_url) as database:
        database.execute(
            f"CREATE TABLE bench_people AS SELECT tenant_id, id FROM"
            f" (SELECT tenant_id, id, row_number() OVER (PARTITION BY tenant_id ORDER BY id) AS n"
            f"  FROM bots_subscriber) AS numbered WHERE n %% {EVERY} = 5 LIMIT %s",
            [people],
        )
        database.execute("ANALYZE bench_people")

        def delete() -> None:
            for table, column in (
                ("bots_message", "subscriber_id"),
                ("ledger_consentidentity", "person_id"),
                ("bots_subscriber", "id"),
            ):
                database.execute(
                    f"DELETE FROM {table} AS gone USING bench_people AS person"
                    f" WHERE gone.tenant_id = person.tenant_id AND gone.{column} = person.id"
                )

        seconds = seconds_of(delete)
        database.execute("DROP TABLE bench_people")
        return seconds


def _look_that_all_is_done(people: int, entries: int) -> None:
    from consent.erasure import tombstones
    from consent.erasure.replay_models import Replay

    replay: Any = Replay.objects.latest()
    if (replay.removed, replay.entries) != (people, entries) or tombstones.unknown():
        raise BenchmarkError(
            f"{replay.removed} of {people} people and {replay.entries} of {entries} entries."
        )
