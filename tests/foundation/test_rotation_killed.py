"""``manage.py rotate_keys`` as a process: killed in the middle, started again beside a writer."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from chatbo.foundation.encryption import decrypt
from tenants.bots.models import Bot, Channel, Message
from tests.conftest import address_of
from tests.foundation.keyed_rows import met, new_key

ROWS = 8000
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(transactional_db, settings, database_name) -> Iterator[object]:
    """Starts the command on this test's database, with a new key before the old one."""
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
    environment = os.environ | {
        "DATABASE_URL": address_of(database_name, os.environ["DATABASE_URL"]),
        "DATABASE_OWNER_URL": address_of(database_name, os.environ["DATABASE_OWNER_URL"]),
        "REDIS_URL": settings.REDIS_URL,
        "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
    }
    started = []

    def process() -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [sys.executable, "manage.py", "rotate_keys"],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield process
    for each in started:
        each.kill()
        each.communicate()


@pytest.fixture
def texts(transactional_db, cafe, settings) -> dict[str, str]:
    """What some thousand messages say, by key; written under the old key."""
    settings.FIELD_KEYS, ring = settings.FIELD_KEYS[-1:], settings.FIELD_KEYS
    with cafe.scope():
        channel = Channel.objects.create(
            bot=Bot.objects.create(name="Bot"), platform="messenger", external_id="1", name="Page"
        )
        subscriber = met(channel, "person")
        made = Message.objects.bulk_create(
            Message(subscriber=subscriber, direction="in", text=f"text {number}", at=timezone.now())
            for number in range(ROWS)
        )
    settings.FIELD_KEYS = ring
    return {str(message.pk): message.text for message in made}


@pytest.mark.processes
def test_killed_in_the_middle_it_goes_on_and_loses_no_writers_change(
    start, texts, cafe, owner_db, settings
):
    def lying() -> dict[str, str]:
        return dict(owner_db.execute("SELECT id::text, text FROM bots_message").fetchall())

    before = lying()
    first = start()
    done = lying()
    deadline = time.monotonic() + 60
    while done == before and time.monotonic() < deadline:
        assert first.poll() is None, first.communicate()[1]
        time.sleep(0.005)
        done = lying()
    first.send_signal(signal.SIGKILL)
    assert first.wait(10) == -signal.SIGKILL

    killed = lying()
    renewed = {key for key in killed if killed[key] != before[key]}
    assert 0 < len(renewed) < ROWS, "The kill came too late: make ROWS larger."

    written = {}
    again = start()
    some = list(texts)[:: ROWS // 40]
    while again.poll() is None:
        for key in some:
            written[key] = f"written at {time.monotonic()}"
            with cafe.scope():
                Message.objects.filter(pk=key).update(text=written[key])
    said, errors = again.communicate()
    assert again.returncode == 0, errors

    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    after = lying()
    assert {key: decrypt(text) for key, text in after.items()} == texts | written
    # Each once: what the first run had renewed was not touched by the second.
    assert all(after[key] == killed[key] for key in renewed - written.keys())
    assert "bots_message" in said
