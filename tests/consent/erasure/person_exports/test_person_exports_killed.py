"""A worker that is killed with SIGKILL while it makes a person's file: one whole file, or none."""

import io
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.utils import timezone

from chatbo.conversation.my_data import make_and_tell
from consent.erasure.models import Erasure, PersonExport
from consent.erasure.person_exports.asking import FOLDER, ask_for_own_data
from consent.erasure.person_exports.links import open_link, take_out
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import carry_out
from tenants.bots.models import Message
from tests.conftest import address_of
from tests.consent.conftest import MARKER

ROOT = Path(__file__).parents[4]
WORKER = """
import sys, time
import django
django.setup()
where, *names = sys.argv[1:]
from chatbo.conversation import my_data
from consent.erasure.person_exports import archive, making

def stand_still():
    print("here", flush=True)
    time.sleep(60)

def before(module, name):
    real = getattr(module, name)
    def stopped(*arguments, **named):
        stand_still()
        return real(*arguments, **named)
    setattr(module, name, stopped)

if where == "before the file":
    before(making, "write_archive")
elif where == "in the file":
    before(archive, "_write_csv")
elif where == "before it is kept":
    before(making, "_keep")
elif where == "before it is told":
    before(my_data, "_tell")
my_data.make_and_tell(*names)
"""
PLACES = ["before the file", "in the file", "before it is kept", "before it is told"]

State = PersonExport.State

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kill(cafe: Any, person: Any, queue: Any, settings: Any, database_name: str) -> Any:
    """Have a worker make the file, and kill it at this place."""

    def killing(where: str) -> PersonExport:
        with cafe.scope():
            export = ask_for_own_data(person.subscriber)
        storage = settings.STORAGES["default"]["OPTIONS"]["location"]
        patch = (
            "from django.conf import settings\n"
            f"settings.STORAGES['default']['OPTIONS']['location'] = {storage!r}\n"
        )
        worker = subprocess.Popen(
            [
                sys.executable,
                "-c",
                WORKER.replace("django.setup()\n", f"django.setup()\n{patch}"),
                where,
                str(cafe.tenant.pk),
                str(export.pk),
            ],
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
        assert any(line.strip() == "here" for line in worker.stdout)
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        return export

    return killing


def files_of(business: Any) -> list[str]:
    with business.scope():
        return default_storage.listdir(f"tenants/{business.tenant.pk}/{FOLDER}")[1]


@pytest.mark.parametrize("where", PLACES)
def test_killed_anywhere_it_is_made_and_told_once(
    cafe: Any, person: Any, kill: Any, where: str
) -> None:
    export = kill(where)
    names = (str(cafe.tenant.pk), str(export.pk))
    make_and_tell(*names)
    with cafe.scope():
        assert not Message.objects.filter(direction="out").exists(), "somebody may be at it still"

    with time_machine.travel(timezone.now() + PersonExport.LEASE + timedelta(seconds=1)):
        make_and_tell(*names)
        make_and_tell(*names)
        with cafe.scope():
            made = PersonExport.objects.get()
            assert (made.state, made.attempts) == (State.READY, 2)
            assert Message.objects.filter(direction="out").count() == 1
        assert len(files_of(cafe)) == 1
        with open_link(made.token) as row:
            pieces = take_out(row)
        archive = ZipFile(io.BytesIO(b"".join(pieces)))

    assert archive.testzip() is None
    assert MARKER in archive.read("index.html").decode()
    assert files_of(cafe) == []


@pytest.mark.parametrize("where", PLACES)
def test_killed_anywhere_an_erasure_leaves_no_file(
    cafe: Any, person: Any, kill: Any, where: str
) -> None:
    kill(where)
    assert len(files_of(cafe)) == 1
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)

    carry_out(str(cafe.tenant.pk), str(erasure.pk))

    assert files_of(cafe) == []
    with cafe.scope():
        assert not PersonExport.objects.exists()
