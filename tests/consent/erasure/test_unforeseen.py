"""Whatever goes wrong is said, tried again, and holds nobody's address for longer than promised."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from consent.erasure import tasks
from consent.erasure.models import Erasure
from consent.erasure.reasons import reason_in_words
from consent.erasure.requests import hurry_erasure, request_erasure
from consent.erasure.tasks import OFTEN, TELL_FOR
from consent.texts.errors import NotApprovedError
from consent.texts.models import Approval, TextVersion
from consent.texts.versions import decide_on_text
from tenants.accounts.models import User
from tests.consent.conftest import PAGE

from .carrying_out import carried_out as finished
from .carrying_out import fresh

State = Erasure.State


@pytest.fixture
def erasure(cafe, person):
    with cafe.scope():
        return request_erasure(person.subscriber, origin=Erasure.Origin.BOT)


def fails(erasure, kind, *, at):
    with time_machine.travel(at), pytest.raises(kind):
        finished(erasure)
    return fresh(erasure)


def never(*args, **kwargs):
    raise ZeroDivisionError


def test_what_nobody_thought_of_is_noted_and_tried_again(cafe, person, erasure, monkeypatch):
    monkeypatch.setattr(tasks, "delete_subject", never)
    now = timezone.now()
    left = fails(erasure, ZeroDivisionError, at=now)

    assert (left.state, left.last_error, left.lease_until) == (
        State.REQUESTED,
        "ZeroDivisionError",
        None,
    )
    assert left.not_before > now
    assert "nicht gerechnet" in reason_in_words(left)


def test_what_fails_for_good_is_an_alarm_until_somebody_tries_it_with_success(
    cafe, person, erasure, monkeypatch, platforms
):
    at = timezone.now()
    with monkeypatch.context() as broken:
        broken.setattr(tasks, "delete_subject", never)
        for _ in range(OFTEN):
            left = fails(erasure, ZeroDivisionError, at=at)
            at = left.not_before + timedelta(seconds=1)
    assert left.failed_at is not None
    with cafe.scope():
        assert list(Erasure.objects.failing()) == [left]
        hurry_erasure(left)

    done = finished(erasure)

    assert (done.state, done.failed_at) == (State.TOLD, None)
    assert len(platforms.control.received(PAGE)) == 1


def test_without_an_approved_text_the_address_goes_after_a_day(cafe, person, erasure, platforms):
    for version in TextVersion.objects.filter(key="bot-erasure-done"):
        decide_on_text(
            version,
            lawyer=User.objects.get(platform_role="lawyer"),
            verdict=Approval.Verdict.REJECTED,
            remark="So nicht.",
        )
    now = timezone.now()
    left = fails(erasure, NotApprovedError, at=now)
    assert (left.state, left.last_error, bool(left.address)) == (
        State.DELETED,
        "NotApprovedError",
        True,
    )

    done = fails(erasure, NotApprovedError, at=now + TELL_FOR + timedelta(minutes=1))

    assert (done.state, done.address, done.subject_index) == (State.UNTOLD, "", "")
    assert "Freigabe" in reason_in_words(done)
    assert platforms.control.received(PAGE) == []


def test_while_files_cannot_be_removed_no_address_waits_for_longer_than_a_day(
    cafe, person, erasure, monkeypatch, platforms
):
    now = timezone.now()
    with monkeypatch.context() as broken:
        broken.setattr(tasks, "_remove_files", never)
        left = fails(erasure, ZeroDivisionError, at=now)
        assert (left.state, bool(left.address)) == (State.DELETED, True)

        left = fails(erasure, ZeroDivisionError, at=now + TELL_FOR + timedelta(minutes=1))
        assert (left.address, left.subject_index) == ("", "")

    with time_machine.travel(left.not_before + timedelta(seconds=1)):
        done = finished(erasure)
    assert (done.state, done.last_error) == (State.UNTOLD, "too_late")
    assert platforms.control.received(PAGE) == []
