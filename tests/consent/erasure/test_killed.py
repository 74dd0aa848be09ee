"""A worker killed by SIGKILL at every step of one person's erasure: one effect, and they are told.

From the tap on its way to us to the last noting. The next worker comes by the sweep alone.
"""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from celery import current_app
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from chatbo.conversation.intake import take_in
from chatbo.conversation.models import IncomingEvent
from chatbo.foundation import outside
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.jobs.sweep import sweep
from consent.erasure.models import Erasure, KnownTombstone, PersonExport
from consent.erasure.never_back import tombstones
from consent.erasure.person_exports.asking import ask_for_own_data
from consent.ledger.models import ConsentRecord
from standins.testing import Running
from tenants.bots import payloads
from tenants.bots.models import Bot, Subscriber
from tenants.bots.platforms.wire import Incoming, Kind
from tests.conftest import Business, address_of
from tests.consent.conftest import MARKER, PAGE, Person

from .test_deletion import places_that_name
from .workers import STEPS, Hiring, Worker, hired

KILLED = -signal.SIGKILL
TOLD_TWICE = {"platform has answered", "noted, not committed"}
"""Between the platform's answer and its noting: nobody can know that the message has arrived."""

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Tap:
    """Somebody's "yes, delete", which the platform has brought to the café."""

    business: Business
    person: Person
    platforms: Running
    hire: Hiring
    settings: Any
    queue: list[Any]
    file: str
    event: UUID | None = None

    def arrive(self, number: str = "1") -> list[UUID]:
        event = _event(self.person, f"tap-{number}", payload=payloads.ERASE)
        stored = take_in(self.business.tenant.pk, self.person.channel.pk, [event])
        self.event = self.event or stored[0]
        return stored

    def worker(self, **order: Any) -> Worker:
        if not order.get("erasure"):
            order.setdefault("event", str(self.event))
        settings = {
            name: getattr(self.settings, name)
            for name in ("OUTSIDE_STORE_URL", "META_GRAPH_URL", "STORAGES", "BASE_URL")
        }
        return self.hire(settings=settings, tenant=str(self.business.tenant.pk), **order)

    def next_worker(self) -> None:
        """When the leases of the killed are over, with nothing to go by but the sweep."""
        self.queue.clear()
        with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=True):
            sweep()
            self.work()

    def work(self) -> None:
        """All that was called for, erasures first: what was written waits for as long as it can."""
        while self.queue:
            self.queue.sort(key=lambda call: call[0] != "erasure.carry_out")
            name, *args = self.queue.pop(0)
            current_app.tasks[name](*args)

    def write(self, number: str) -> UUID:
        """Something that only a rule of a live bot answers."""
        event = _event(self.person, number, text=f"{MARKER} {number}")
        (stored,) = take_in(self.business.tenant.pk, self.person.channel.pk, [event])
        self.queue.clear()
        return stored

    def handle(self, event: UUID) -> None:
        current_app.tasks["conversation.handle_event"](str(self.business.tenant.pk), str(event))
        self.queue.clear()

    def said(self) -> list[str]:
        return [message["text"] for message in self.platforms.control.received(PAGE)]

    def told(self) -> list[str]:
        """How often that all is gone: it is the message with the code's page."""
        return [text for text in self.said() if "/erasure/" in text]


def _event(person: Person, number: str, *, text: str = "", payload: str = "") -> Incoming:
    return Incoming(
        event_id=number,
        place="1001",
        sender=person.address,
        kind=Kind.TAP if payload else Kind.TEXT,
        at=timezone.now(),
        text=text,
        payload=payload,
    )


@pytest.fixture(scope="module")
def hire(django_db_setup: None, database_name: str) -> Iterator[Hiring]:
    from django.conf import settings

    environment = {
        "DATABASE_URL": address_of(database_name, os.environ["DATABASE_URL"]),
        "REDIS_URL": settings.REDIS_URL,
    }
    with hired(environment) as hiring:
        yield hiring


@pytest.fixture
def tap(
    cafe: Business,
    person: Person,
    platforms: Running,
    hire: Hiring,
    settings: Any,
    queue: list[Any],
) -> Tap:
    with cafe.scope():
        export = ask_for_own_data(person.subscriber)
        PersonExport.objects.update(state=PersonExport.State.READY, finished_at=timezone.now())
        assert default_storage.save(export.file, ContentFile(MARKER.encode())) == export.file
        Bot.objects.update(state=Bot.State.LIVE)
    tap = Tap(cafe, person, platforms, hire, settings, queue, export.file)
    tap.arrive()
    queue.clear()
    return tap


def assert_everything_is_gone(tap: Tap) -> None:
    subscriber, address = tap.person.subscriber, tap.person.address
    needles = (MARKER, address, str(subscriber.pk), subscriber.external_index)
    assert places_that_name(*needles) == {"erasure.Erasure.subject_id"}
    with tap.business.scope():
        assert not default_storage.exists(tap.file)


def assert_it_had_one_effect(tap: Tap) -> None:
    with tap.business.scope():
        erasure = Erasure.objects.get()
        (event,) = IncomingEvent.objects.all()
        deletions = AuditEntry.objects.filter(action="erasure.deleted")
        assert deletions.count() == 1
        assert ConsentRecord.objects.filter(decision="shown").count() == 1
    assert erasure.state == Erasure.State.TOLD
    assert erasure.finished_at is not None
    assert (erasure.address, erasure.subject_index, erasure.files) == ("", "", [])
    assert erasure.counts == {
        "bots.Message": 1,
        "bots.Subscriber": 1,
        "erasure.PersonExport": 1,
        "ledger.ConsentIdentity": 1,
    }
    assert erasure.kept == {"ledger.ConsentRecord": 1}
    assert erasure.certificate is not None
    assert event.finished_at is not None
    stones = [stone for name in _entries() for stone in tombstones.read(name).stones]
    assert [stone.subject for stone in stones] == [tap.person.subscriber.pk]
    assert list(KnownTombstone.objects.values_list("name", flat=True)) == _entries()
    assert all(erasure.code in text for text in tap.told())


def _entries() -> list[str]:
    return list(outside.names(tombstones.FOLDER))


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_next_worker_makes_it_whole(tap: Tap, step: str) -> None:
    assert tap.worker(dies=step).end() == KILLED

    tap.next_worker()

    assert_everything_is_gone(tap)
    assert_it_had_one_effect(tap)
    assert len(tap.told()) == (2 if step in TOLD_TWICE else 1)
    tap.next_worker()
    assert_it_had_one_effect(tap)
    assert len(tap.told()) == (2 if step in TOLD_TWICE else 1)


def test_killed_again_and_again_each_goes_on_where_the_last_one_was(tap: Tap) -> None:
    """At one step after the other: not one of these workers lives to see the next step."""
    assert tap.worker(dies="wish committed, nobody called").end() == KILLED
    with tap.business.scope():
        erasure = str(Erasure.objects.get().pk)
    for step in list(STEPS)[4:14]:
        with tap.business.scope():
            Erasure.objects.update(lease_until=None)
        assert tap.worker(dies=step, erasure=erasure).end() == KILLED
        assert tap.told() == []

    tap.next_worker()

    assert_everything_is_gone(tap)
    assert_it_had_one_effect(tap)
    assert len(tap.told()) == 1


def test_nobody_takes_up_what_a_worker_may_be_at_still(tap: Tap) -> None:
    assert tap.worker(dies="deletion committed").end() == KILLED
    tap.queue.clear()

    sweep()
    tap.work()
    assert tap.told() == []

    tap.next_worker()
    assert len(tap.told()) == 1


# Twice, and two at once


def test_a_tap_that_is_delivered_again_and_again_is_one(tap: Tap) -> None:
    assert tap.arrive() == []
    workers = [tap.worker() for _ in range(3)]
    assert [each.end() for each in workers] == [0, 0, 0]
    assert tap.arrive() == []
    tap.next_worker()

    assert_everything_is_gone(tap)
    assert_it_had_one_effect(tap)
    assert len(tap.told()) == 1


@pytest.mark.parametrize("step", ["event claimed", "before the tombstone", "before sending"])
def test_a_second_tap_at_any_time_is_the_same_wish(tap: Tap, step: str) -> None:
    first = tap.worker(waits=step)
    (second,) = tap.arrive("2")
    assert (first.end(), tap.worker(event=str(second)).end()) == (0, 0)
    tap.next_worker()

    assert_everything_is_gone(tap)
    with tap.business.scope():
        assert Erasure.objects.count() == 1
    # Whoever taps once more when all is gone is told that nothing is stored.
    assert len(tap.told()) == 1


def test_two_taps_at_once_are_one_erasure(tap: Tap) -> None:
    (second,) = tap.arrive("2")
    workers = [tap.worker(waits="event claimed"), tap.worker(event=str(second))]
    assert [each.end() for each in workers] == [0, 0]
    tap.next_worker()

    assert_everything_is_gone(tap)
    with tap.business.scope():
        assert Erasure.objects.count() == 1
    assert len(tap.told()) == 1


@pytest.mark.parametrize(
    "step",
    [
        "before the tombstone",
        "tombstone outside, not noted",
        "before the deletion",
        "all rows deleted, not committed",
        "deletion committed",
        "files gone",
    ],
)
def test_two_workers_at_once_have_one_effect(tap: Tap, step: str) -> None:
    """One was so slow that its lease ran out: both are at the same erasure."""
    assert tap.worker(dies="wish committed, nobody called").end() == KILLED
    with tap.business.scope():
        erasure = str(Erasure.objects.get().pk)
    slow = tap.worker(waits=step, erasure=erasure)
    until_claimed(tap)
    with tap.business.scope():
        Erasure.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    quick = tap.worker(erasure=erasure)
    assert (slow.end(), quick.end()) == (0, 0)
    tap.next_worker()

    assert_everything_is_gone(tap)
    assert_it_had_one_effect(tap)
    assert len(tap.told()) == 1


def until_claimed(tap: Tap) -> None:
    deadline = time.monotonic() + 10
    with tap.business.scope():
        while Erasure.objects.get().lease_until is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)


# Written meanwhile, and afterwards


@pytest.mark.parametrize("step", list(STEPS)[:-1])
def test_what_is_written_meanwhile_brings_nobody_back(tap: Tap, step: str) -> None:
    """One message is worked on at once; the other when all else is over."""
    assert tap.worker(dies=step).end() == KILLED
    tap.handle(tap.write("worked on at once"))
    tap.write("worked on at last")

    tap.next_worker()

    assert_everything_is_gone(tap)
    with tap.business.scope():
        assert not Subscriber.objects.exists()
        assert not IncomingEvent.objects.unfinished().exists()
        assert Erasure.objects.get().state == Erasure.State.TOLD
    assert len(tap.told()) == (2 if step in TOLD_TWICE else 1)


def test_whoever_writes_again_afterwards_starts_at_zero(tap: Tap) -> None:
    assert tap.worker(dies="before sending").end() == KILLED
    tap.next_worker()
    before = len(tap.said())
    with tap.business.scope():
        old = set(ConsentRecord.objects.values_list("pk", "subject_id"))

    tap.handle(tap.write("back again"))
    with time_machine.travel(timezone.now() + timedelta(seconds=1), tick=True):
        sweep()
        tap.work()

    with tap.business.scope():
        new = Subscriber.objects.get()
        shown = ConsentRecord.objects.exclude(pk__in=[pk for pk, _ in old]).get()
        assert new.pk != tap.person.subscriber.pk
        assert new.notice_shown_at is not None
        assert [each.text for each in new.messages.filter(direction="in")] == [
            f"{MARKER} back again"
        ]
        assert (shown.purpose, shown.decision) == ("notice", "shown")
        assert shown.subject_id not in {subject for _, subject in old}
        assert not Erasure.objects.unfinished().exists()
    assert "Chatbot" in tap.said()[before]
