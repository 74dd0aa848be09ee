"""The person is told after the deletion is committed, not before, and then forgotten."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from consent.erasure import tasks
from consent.erasure.deletion import delete_subject
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import TELL_FOR, carry_out
from tenants.bots.models import Subscriber

from .conftest import PAGE


@pytest.fixture
def erasure(cafe, person):
    with cafe.scope():
        return request_erasure(person.subscriber, origin=Erasure.Origin.BOT)


def work_on(erasure: Erasure) -> Erasure:
    carry_out(str(erasure.tenant_id), str(erasure.pk))
    with tasks.tenant_scope(erasure.tenant_id):
        erasure.refresh_from_db()
    return erasure


def test_the_person_is_told_with_a_code_and_its_page(platforms, erasure):
    done = work_on(erasure)

    (message,) = platforms.control.received(PAGE)
    assert done.code in message["text"]
    assert f"/erasure/{done.code}/" in message["text"]
    assert "Café Morgenrot" in message["text"]
    assert done.state == Erasure.State.TOLD


def test_the_address_is_dropped_once_it_was_used(erasure):
    done = work_on(erasure)

    assert (done.address, done.subject_index) == ("", "")


def test_nothing_is_said_while_the_deletion_is_not_committed(platforms, erasure, monkeypatch):
    def fail(erasure):
        raise ZeroDivisionError

    monkeypatch.setattr(tasks, "delete_subject", fail)

    with pytest.raises(ZeroDivisionError):
        work_on(erasure)

    assert platforms.control.received(PAGE) == []


def test_killed_between_deletion_and_confirmation_the_person_is_told_all_the_same(
    cafe, platforms, erasure
):
    with cafe.scope():
        Erasure.objects.claim(erasure.pk)
        erasure.refresh_from_db()
        delete_subject(erasure)
    # The worker is gone; nobody lets go of the job but time.
    work_on(erasure)
    assert platforms.control.received(PAGE) == []

    with time_machine.travel(timezone.now() + Erasure.LEASE + timedelta(seconds=1)):
        done = work_on(erasure)

    assert done.state == Erasure.State.TOLD
    assert len(platforms.control.received(PAGE)) == 1
    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_a_second_worker_tells_nobody_twice(platforms, erasure):
    work_on(erasure)
    work_on(erasure)

    assert len(platforms.control.received(PAGE)) == 1


def test_a_platform_that_stumbles_is_asked_again(platforms, erasure):
    platforms.control.fail("graph", "messages", code=2)

    waiting = work_on(erasure)
    assert waiting.state == Erasure.State.DELETED
    assert waiting.finished_at is None

    with time_machine.travel(waiting.not_before + timedelta(seconds=1)):
        assert work_on(erasure).state == Erasure.State.TOLD


def test_who_has_blocked_the_page_is_gone_all_the_same_and_the_address_too(platforms, erasure):
    platforms.control.block(PAGE)

    done = work_on(erasure)

    assert done.state == Erasure.State.UNTOLD
    assert done.last_error
    assert done.address == ""
    assert done.finished_at is not None


def test_the_address_is_not_held_for_longer_than_stated(platforms, erasure):
    platforms.control.fail("graph", "messages", count=2, code=2)
    work_on(erasure)

    with time_machine.travel(timezone.now() + TELL_FOR + timedelta(minutes=1)):
        done = work_on(erasure)

    assert done.state == Erasure.State.UNTOLD
    assert done.address == ""


def test_a_channel_that_is_gone_leaves_the_deletion_complete(cafe, person, erasure):
    with cafe.scope():
        Erasure.objects.filter(pk=erasure.pk).update(channel_id=erasure.pk)

    assert work_on(erasure).state == Erasure.State.UNTOLD
