"""Killed at any step, or carried out by two at once: the account ends once and wholly."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from consent.erasure.accounts.carrying_out import close_account
from consent.erasure.accounts.errors import NotMineAnyMoreError
from consent.erasure.accounts.models import AccountEnding
from tenants.accounts.models import User
from tests.conftest import address_of

from .conftest import ADDRESS, Leaver, carried_out, withdrawn_in

ROOT = Path(__file__).parents[4]
WORKER = """
import sys, time
import django
django.setup()
ending, place, seconds = sys.argv[1:]
from django.core.mail import EmailMessage
from consent.erasure.accounts import carrying_out, tasks
def stop():
    print(place, flush=True)
    time.sleep(float(seconds))
def stopping(function, when):
    def stopped(*args, **more):
        if when == "before":
            stop()
        result = function(*args, **more)
        if when == "after":
            stop()
        return result
    return stopped
when, _, name = place.partition(" ")
room = tasks if name == "_close" else carrying_out
setattr(room, name, stopping(getattr(room, name), when))
EmailMessage.send = lambda self: 1
tasks.carry_out("", ending)
"""
PLACES = [
    "before put_up_tombstone",
    "after put_up_tombstone",
    "before end_at_business",
    "after end_at_business",
    "before close_account",
    "after end_account_rows",
    "after close_account",
    "before _close",
]

Starting = Callable[[AccountEnding, str, float], subprocess.Popen[str]]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start(database_name, settings) -> Starting:
    def starting(ending: AccountEnding, place: str, seconds: float) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", WORKER, str(ending.pk), place, str(seconds)],
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


def assert_it_ended_once(leaver: Leaver, ending: AccountEnding) -> None:
    assert ending.state == AccountEnding.State.TOLD
    assert (ending.address, ending.user_id) == ("", None)
    assert ending.counts["accounts.User"] == 1
    assert ending.counts["ledger.ConsentIdentity"] == 2
    assert ending.counts["affiliates.Referral"] == 1
    assert ending.kept["ledger.ConsentRecord"] == 4
    assert withdrawn_in(leaver.cafe) == withdrawn_in(leaver.dentist) == 1
    assert not User.objects.filter(email=ADDRESS).exists()
    assert {leaver.cafe.owner, leaver.dentist.owner} <= set(User.objects.all())


@pytest.mark.parametrize("place", PLACES)
def test_killed_at_any_step_the_next_worker_makes_it_whole(
    leaver: Leaver, ending: AccountEnding, start: Starting, place: str
) -> None:
    worker = start(ending, place, 60)
    assert worker.stdout is not None
    assert next(iter(worker.stdout)).strip() == place
    worker.send_signal(signal.SIGKILL)
    worker.communicate()

    assert_it_ended_once(leaver, carried_out(ending))


def test_two_workers_at_once_do_it_once(
    leaver: Leaver, ending: AccountEnding, start: Starting
) -> None:
    first = start(ending, "after end_at_business", 0.3)
    assert first.stdout is not None
    next(iter(first.stdout))
    done = carried_out(ending)  # Its lease has run out: both are at it now.
    first.communicate(timeout=60)

    assert first.returncode == 0
    assert_it_ended_once(leaver, done)
    assert AccountEnding.objects.get().counts == done.counts


def test_who_lost_the_lease_lets_go(leaver: Leaver, ending: AccountEnding) -> None:
    slow = AccountEnding.objects.claim(ending.pk)
    AccountEnding.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert AccountEnding.objects.claim(ending.pk) is not None
    assert slow is not None

    with pytest.raises(NotMineAnyMoreError):
        close_account(slow)
    assert User.objects.filter(pk=leaver.user.pk).exists()
