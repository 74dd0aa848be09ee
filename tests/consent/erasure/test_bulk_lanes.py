"""Many people go in two lanes at once, on a connection each."""

import threading
import time
from itertools import count

import pytest
from django.db import OperationalError
from django.utils import timezone
from structlog.contextvars import bound_contextvars, get_contextvars

from consent.erasure import bulk
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure_of_many
from consent.erasure.selecting import all_of
from consent.erasure.tasks import carry_out_many
from tenants.bots.models import Subscriber

from .crowds import channel_of_bot, crowd

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 60


@pytest.fixture
def erasure(cafe, queue, monkeypatch):
    monkeypatch.setattr(bulk, "SMALLEST", 4)
    monkeypatch.setattr(bulk, "LARGEST", 4)
    with cafe.scope():
        crowd(channel_of_bot("Frieda"), PEOPLE)
        return request_erasure_of_many(
            all_of(until=timezone.now()), origin=Erasure.Origin.TENANT, language="de"
        )


def carry_out(erasure):
    carry_out_many(str(erasure.tenant_id), str(erasure.pk))


def is_first_lane():
    return threading.current_thread() is threading.main_thread()


def test_two_lanes_are_at_it_at_once_and_count_each_person_once(cafe, erasure, monkeypatch):
    meeting, delete, in_lanes = threading.Barrier(2), bulk.delete_rows, set()
    drop_files = bulk._drop_files

    def together(people, *args, **more):
        if is_first_lane() not in in_lanes:
            in_lanes.add(is_first_lane())
            meeting.wait(timeout=20)
        return delete(people, *args, **more)

    def slowly(job):
        time.sleep(0.01)  # Between reading the job and writing it.
        drop_files(job)

    monkeypatch.setattr(bulk, "delete_rows", together)
    monkeypatch.setattr(bulk, "_drop_files", slowly)
    carry_out(erasure)

    with cafe.scope():
        done = Erasure.objects.get()
        assert not Subscriber.objects.exists()
    assert (done.state, done.done, done.total) == (Erasure.State.DONE, PEOPLE, PEOPLE)
    assert done.counts["bots.Subscriber"] == done.counts["bots.Message"] == PEOPLE


@pytest.mark.parametrize("fails_in_the_first", [True, False])
def test_what_fails_in_either_lane_is_said_and_nothing_is_lost(
    cafe, erasure, monkeypatch, fails_in_the_first
):
    delete, batches = bulk.delete_rows, count()

    def failing(people, *args, **more):
        gone = delete(people, *args, **more)
        if is_first_lane() is fails_in_the_first and next(batches) == 2:
            raise OperationalError("away")
        return gone

    monkeypatch.setattr(bulk, "delete_rows", failing)
    with pytest.raises(OperationalError, match="away"):
        carry_out(erasure)

    with cafe.scope():
        left = Erasure.objects.get()
        people = Subscriber.objects.count()
    assert left.state == Erasure.State.REQUESTED
    assert left.done == left.counts["bots.Subscriber"] == PEOPLE - people
    assert people >= 4


@pytest.mark.parametrize("first_fails", [True, False])
def test_where_one_lane_fails_the_other_stops(cafe, erasure, monkeypatch, first_fails):
    delete = bulk.delete_rows
    begun, failed = threading.Event(), threading.Event()

    def failing(people, *args, **more):
        if is_first_lane() is first_fails:
            begun.wait(timeout=20)
            failed.set()
            raise OperationalError("away")
        begun.set()
        failed.wait(timeout=20)
        time.sleep(0.2)  # Until it has said so.
        return delete(people, *args, **more)

    monkeypatch.setattr(bulk, "delete_rows", failing)
    with pytest.raises(OperationalError, match="away"):
        carry_out(erasure)

    with cafe.scope():
        assert Subscriber.objects.count() == PEOPLE - 4


def test_what_the_second_lane_logs_says_of_which_task_it_is(erasure, monkeypatch):
    delete, said = bulk.delete_rows, {}

    def saying(people, *args, **more):
        said[is_first_lane()] = get_contextvars()
        time.sleep(0.05)  # Lets the other lane have a turn.
        return delete(people, *args, **more)

    monkeypatch.setattr(bulk, "delete_rows", saying)
    with bound_contextvars(task_id="the-task"):
        carry_out(erasure)

    assert {lane: each["task_id"] for lane, each in said.items()} == {
        True: "the-task",
        False: "the-task",
    }
