"""A worker killed between two batches, two at once, somebody whose row is held: one effect."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from django.utils import timezone

from chatbo.foundation import outside
from consent.erasure.models import Erasure
from consent.erasure.never_back import tombstones
from consent.erasure.requests import request_erasure_of_many
from consent.erasure.selecting import all_of, inactive
from consent.erasure.tasks import carry_out_many
from tenants.bots.models import Message, Subscriber
from tests.conftest import address_of

from .crowds import channel_of_bot, crowd

ROOT = Path(__file__).parents[3]
WORKER = """
import itertools, sys, time
import django
django.setup()
from consent.erasure import bulk
from consent.erasure.tasks import carry_out_many
bulk.SMALLEST = bulk.LARGEST = 4
delete = bulk.delete_rows
numbers = itertools.count(1)
def slowly(people, *args, **more):
    number = next(numbers)
    if sys.argv[3] == "before":
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()
        time.sleep(float(sys.argv[4]))
    gone = delete(people, *args, **more)
    if sys.argv[3] == "after":
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()
        time.sleep(float(sys.argv[4]))
    return gone
bulk.delete_rows = slowly
carry_out_many(*sys.argv[1:3])
"""

State = Erasure.State
Starting = Callable[..., subprocess.Popen[str]]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def guests(cafe, queue):
    with cafe.scope():
        return crowd(channel_of_bot("Frieda"), 23)


@pytest.fixture
def erasure(cafe, guests):
    with cafe.scope():
        return request_erasure_of_many(
            all_of(until=timezone.now()), origin=Erasure.Origin.TENANT, language="de"
        )


@pytest.fixture
def start(settings, database_name, erasure) -> Starting:
    """A worker of its own that carries the erasure out, and waits in each batch."""

    def starting(where: str, seconds: float) -> subprocess.Popen[str]:
        ids = (str(erasure.tenant_id), str(erasure.pk))
        return subprocess.Popen(
            [sys.executable, "-c", WORKER, *ids, where, str(seconds)],
            cwd=ROOT,
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "chatbo.settings",
                "DATABASE_URL": address_of(database_name, os.environ["DATABASE_URL"]),
                "REDIS_URL": settings.REDIS_URL,
                "OUTSIDE_STORE_URL": settings.OUTSIDE_STORE_URL,
            },
            stdout=subprocess.PIPE,
            text=True,
        )

    return starting


def state_of(business: Any) -> tuple[Erasure, int, int]:
    with business.scope():
        return Erasure.objects.get(), Subscriber.objects.count(), Message.objects.count()


@pytest.mark.parametrize("where", ["before", "after"])
def test_killed_in_its_third_batch_the_next_worker_makes_it_whole(
    cafe, guests, erasure, start, where
):
    worker = start(where, 0.3)
    assert worker.stdout is not None
    next(line for line in worker.stdout if line.strip() == "3")
    worker.send_signal(signal.SIGKILL)
    worker.communicate()

    left, people, messages = state_of(cafe)
    # Two lanes at once: of the first two batches either may have been the slower.
    assert (left.state, people, messages) == (State.REQUESTED, 23 - left.done, people)
    assert left.done in {4, 8}
    assert left.counts["bots.Subscriber"] == left.done
    names = (str(cafe.tenant.pk), str(erasure.pk))
    carry_out_many(*names)
    assert state_of(cafe)[1] == people, "somebody may be at it still"

    with time_machine.travel(timezone.now() + Erasure.LEASE + timedelta(seconds=1)):
        carry_out_many(*names)

    done, people, messages = state_of(cafe)
    assert (done.state, done.done, done.total, people, messages) == (State.DONE, 23, 23, 0, 0)
    assert done.counts["bots.Message"] == done.counts["bots.Subscriber"] == 23
    entries = [tombstones.read(name) for name in outside.names(tombstones.FOLDER)]
    stones = {stone.subject for entry in entries for stone in entry.stones}
    assert stones == {each.pk for each in guests}


def test_two_workers_at_once_count_each_person_once(cafe, erasure, start):
    first = start("before", 0.2)
    assert first.stdout is not None
    next(iter(first.stdout))
    # As after its lease, which it has let run out: both are at it now.
    with cafe.scope():
        Erasure.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        second = start("after", 0.2)
    for worker in (first, second):
        worker.communicate(timeout=30)
        assert worker.returncode == 0

    done, people, _messages = state_of(cafe)
    assert (done.state, done.done, people) == (State.DONE, 23, 0)
    assert done.counts["bots.Subscriber"] == done.counts["bots.Message"] == 23


def test_whose_row_a_conversation_holds_is_passed_over_and_taken_at_the_end(
    cafe, guests, erasure, owner_db
):
    names = (str(cafe.tenant.pk), str(erasure.pk))
    with owner_db.transaction():
        owner_db.execute("SELECT 1 FROM bots_subscriber WHERE id = %s FOR UPDATE", [guests[0].pk])
        carry_out_many(*names)

        left, people, _messages = state_of(cafe)
        assert (left.state, left.done, people) == (State.REQUESTED, 22, 1)
        assert (left.last_error, left.lease_until) == ("PeopleBusyError", None)

    with time_machine.travel(left.not_before + timedelta(seconds=1)):
        carry_out_many(*names)

    done, people, _messages = state_of(cafe)
    assert (done.state, done.done, people) == (State.DONE, 23, 0)


def test_who_writes_in_the_moment_of_the_batch_is_not_inactive_any_more(
    cafe, guests, owner_db, database_name
):
    """The row is held and changed by the conversation after it was chosen by its old time."""
    long_ago = timezone.now() - timedelta(days=800)
    with cafe.scope():
        Subscriber.objects.update(last_seen_at=long_ago)
        erasure = request_erasure_of_many(
            inactive(guests[0].channel.bot, since=timezone.now() - timedelta(days=400)),
            origin=Erasure.Origin.RETENTION,
            language="de",
        )
    writer = psycopg.connect(address_of(database_name, os.environ["DATABASE_OWNER_URL"]))
    with writer:
        writer.execute(
            "UPDATE bots_subscriber SET last_seen_at = now() WHERE id = %s", [guests[3].pk]
        )
        carry_out_many(str(cafe.tenant.pk), str(erasure.pk))  # It holds the row meanwhile.
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        carry_out_many(str(cafe.tenant.pk), str(erasure.pk))

    with cafe.scope():
        assert list(Subscriber.objects.all()) == [guests[3]]
        done = Erasure.objects.get(pk=erasure.pk)
    assert (done.state, done.done, done.total) == (State.DONE, 22, 22)
