"""Killed at any step, or carried out by two at once or twice: the business ends once and wholly."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from chatbo.foundation.files import folder
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.mail.models import OutgoingMail
from consent.erasure.leaving.errors import NotMineAnyMoreError
from consent.erasure.leaving.holding import hold
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.leaving.tasks import carry_out
from consent.ledger.models import ConsentRecord, EndedRecord
from consent.ledger.sealing import seal
from consent.ledger.verifying import verify_ledger
from tenants.accounts.models import Membership, Tenant
from tenants.bots.bots import create_bot
from tenants.bots.models import Bot, Rule
from tenants.bots.rules import add_rule
from tests.conftest import Business, address_of

from .conftest import ask, carried_out, make_file, wake

ROOT = Path(__file__).parents[4]
WORKER = """
import sys, time
import django
django.setup()
from django.conf import settings
tenant, ending, place, seconds, settings.STORAGES["default"]["OPTIONS"]["location"] = sys.argv[1:]
from consent.erasure.leaving import carrying_out, clearing, proofs
from consent.erasure.leaving.tasks import carry_out
clearing.BATCH = 1
def stop():
    print(place, flush=True)
    time.sleep(float(seconds))
def before(function):
    def stopped(*args, **more):
        stop()
        return function(*args, **more)
    return stopped
def after(function):
    def stopped(*args, **more):
        result = function(*args, **more)
        stop()
        return result
    return stopped
when, _, name = place.partition(" ")
if name in carrying_out.STEPS:
    around = before if when == "before" else after
    carrying_out.STEPS[name] = around(carrying_out.STEPS[name])
elif name == "batch":
    clearing._delete_batch = after(clearing._delete_batch)
elif name == "signing":
    proofs.end_records_of_leavers = after(proofs.end_records_of_leavers)
elif name == "telling":
    clearing.tell_done = before(clearing.tell_done)
carry_out(tenant, ending)
"""
PLACES = [
    *(
        f"{when} {step}"
        for step in ("tombstone", "channels", "people", "proofs", "rows", "files")
        for when in ("before", "after")
    ),
    "before business",
    "in batch",
    "in signing",
    "in telling",
]

Starting = Callable[[TenantEnding, str, float], subprocess.Popen[str]]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ending(cafe: Business, queue, record, grace_is_over) -> TenantEnding:
    with cafe.scope():
        bot = create_bot(name="Frieda")
        for number in range(3):
            add_rule(bot, keywords=f"word {number}", answer="Yes.")
            record(controller=ConsentRecord.Controller.TENANT)
        default_storage.save(f"{folder()}/logo.png", ContentFile(b"picture"))
    seal()
    found = ask(cafe)
    make_file(cafe)
    grace_is_over(cafe)
    return found


@pytest.fixture
def start(database_name, settings) -> Starting:
    def starting(ending: TenantEnding, place: str, seconds: float) -> subprocess.Popen[str]:
        files = settings.STORAGES["default"]["OPTIONS"]["location"]
        ids = [str(ending.tenant_id), str(ending.pk)]
        return subprocess.Popen(
            [sys.executable, "-c", WORKER, *ids, place, str(seconds), files],
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


def assert_it_ended_once(business: Business, ending: TenantEnding) -> None:
    assert ending.state == TenantEnding.State.DONE
    assert ending.counts["bots.Rule"] == 3
    assert ending.counts["ledger.ConsentRecord"] == 3
    assert ending.counts["accounts.Membership"] == 1
    home = Path(
        settings.STORAGES["default"]["OPTIONS"]["location"], f"tenants/{business.tenant.pk}"
    )
    assert not home.exists()
    with business.scope():
        assert not (Bot.objects.exists())
        assert not (Rule.objects.exists())
        assert not (Membership.objects.exists())
        assert not ConsentRecord.objects.exists()
        assert EndedRecord.objects.count() == 3
        assert Tenant.objects.get().ended_at is not None
    with platform_scope("test"):
        told = OutgoingMail.objects.filter(recipient_index=business.owner.mail_index)
        assert told.count() == 1
    assert verify_ledger().faults == []


@pytest.mark.parametrize("place", PLACES)
def test_killed_at_any_step_the_next_worker_makes_it_whole(
    cafe: Business, ending: TenantEnding, start: Starting, place: str
) -> None:
    worker = start(ending, place, 60)
    assert worker.stdout is not None
    assert next(iter(worker.stdout)).strip() == place
    worker.send_signal(signal.SIGKILL)
    worker.communicate()

    assert_it_ended_once(cafe, carried_out(cafe))


def test_two_workers_at_once_do_it_once(
    cafe: Business, ending: TenantEnding, start: Starting
) -> None:
    first = start(ending, "in batch", 0.3)
    assert first.stdout is not None
    next(iter(first.stdout))
    wake(cafe)  # Its lease has run out: both are at it now.
    first.communicate(timeout=60)

    assert first.returncode == 0
    assert_it_ended_once(cafe, carried_out(cafe))


def test_who_lost_the_lease_lets_go(cafe: Business, ending: TenantEnding) -> None:
    with cafe.scope():
        TenantEnding.objects.update(not_before=timezone.now(), lease_until=None)
        slow = TenantEnding.objects.claim(ending.pk)
        TenantEnding.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        quick = TenantEnding.objects.claim(ending.pk)
        assert slow is not None
        assert quick is not None
        hold(quick)

        with pytest.raises(NotMineAnyMoreError):
            hold(slow)


def test_called_again_when_it_is_over_nothing_happens(cafe: Business, ending: TenantEnding) -> None:
    done = carried_out(cafe)
    carry_out(str(cafe.tenant.pk), str(ending.pk))

    with cafe.scope():
        assert TenantEnding.objects.get().counts == done.counts
    assert_it_ended_once(cafe, done)
