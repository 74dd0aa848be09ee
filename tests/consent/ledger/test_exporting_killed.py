"""A worker that is killed with SIGKILL in the middle of an export: the next one makes it whole."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.utils import timezone

from consent.ledger.export_models import ConsentExport
from consent.ledger.preparing import FOLDER, ask_for_export
from consent.ledger.selecting import Selection
from consent.ledger.tasks import prepare
from tests.conftest import address_of
from tests.outbox import mails

ROOT = Path(__file__).parents[3]
WORKER = """
import sys, time
import django
django.setup()
from consent.ledger import preparing, writing
from consent.ledger.selecting import in_chunks
from consent.ledger.tasks import prepare
writing.in_chunks = lambda records: in_chunks(records, 2)
hold = preparing._hold
def slowly(export, **facts):
    hold(export, **facts)
    if facts.get("done"):
        print(facts["done"], flush=True)
        time.sleep(0.5)
preparing._hold = slowly
prepare(*sys.argv[1:])
"""

State = ConsentExport.State


@pytest.mark.django_db(transaction=True)
def test_killed_between_two_parts_it_is_made_by_the_next_worker(
    cafe, person, queue, settings, database_name
):
    with cafe.scope():
        export = ask_for_export(
            ConsentExport.Form.JSON_LD, Selection(), user=cafe.owner, language="de"
        )
    names = (str(export.tenant_id), str(export.pk))
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, *names],
        cwd=ROOT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "chatbo.settings",
            "DATABASE_URL": address_of(database_name, os.environ["DATABASE_URL"]),
            "REDIS_URL": settings.REDIS_URL,
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    # At the second part what it noted of the first is committed, and the second is not.
    said = next(line for line in worker.stdout if line.strip() == "4")
    worker.send_signal(signal.SIGKILL)
    worker.communicate()

    with cafe.scope():
        left = ConsentExport.objects.get()
    assert (int(said), left.done, left.state) == (4, 2, State.ASKED)
    prepare(*names)
    with cafe.scope():
        assert ConsentExport.objects.get().state == State.ASKED, "somebody may be at it still"
    with time_machine.travel(timezone.now() + ConsentExport.LEASE + timedelta(seconds=1)):
        prepare(*names)

    with cafe.scope():
        made = ConsentExport.objects.get()
        files = default_storage.listdir(f"tenants/{cafe.tenant.pk}/{FOLDER}")[1]
    assert (made.state, made.done, made.attempts) == (State.READY, 5, 2)
    assert len(files) == 1
    assert len(mails()) == 1
