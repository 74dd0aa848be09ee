"""A database that can be copied and put back, as an operator does it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from chatbo.embedded.binaries import find_postgres
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure, request_erasure_of_many
from consent.erasure.selecting import these
from consent.erasure.tasks import carry_out, carry_out_many
from consent.ledger.models import ConsentRecord
from consent.ledger.recording import record_consent
from consent.texts.versions import text_in_force
from tenants.bots.models import Bot, Channel, Message, Platform, Subscriber, subscriber_index
from tests.conftest import Business, address_of, found_cafe
from tests.consent.erasure.test_deletion import places_that_name
from tests.journey.databases import Database, fresh_database

START = [sys.executable, "-c", "import chatbo.wsgi"]


@dataclass
class House:
    """A database that can be copied and put back, with a business in it."""

    database: Database
    cafe: Business
    channel: Channel
    environment: dict[str, str]

    def meet(self, name: str) -> Subscriber:
        """Somebody writes: everything stored on them has their name in it."""
        identifier = f"MARKER-{name}"
        with self.cafe.scope():
            someone = Subscriber.objects.create(
                channel=self.channel,
                external_id=identifier,
                external_index=subscriber_index(self.channel.pk, identifier),
            )
            Message.objects.create(
                subscriber=someone, direction="in", text=identifier, at=someone.first_seen_at
            )
            record_consent(
                text_in_force("bot-notice", "de"),
                purpose=ConsentRecord.Purpose.NOTICE,
                decision=ConsentRecord.Decision.SHOWN,
                source=ConsentRecord.Source.BOT,
                controller=ConsentRecord.Controller.TENANT,
                person_id=someone.pk,
                identifier=identifier,
            )
        return someone

    def erase(self, *people: Subscriber) -> None:
        """As it is carried out: one by their own job, several by one of many."""
        with self.cafe.scope():
            if len(people) == 1:
                erasure = request_erasure(people[0], origin=Erasure.Origin.BOT)
            else:
                erasure = request_erasure_of_many(
                    these(each.pk for each in people),
                    origin=Erasure.Origin.TENANT,
                    language="de",
                )
        task = carry_out if len(people) == 1 else carry_out_many
        task(str(self.cafe.tenant.pk), str(erasure.pk))

    def back_up(self) -> bytes:
        return _run("pg_dump", "--format=custom", self._superuser_url()).stdout

    def restore(self, backup: bytes) -> None:
        """Over whatever is there now, as an operator does it."""
        connection.close()
        _run(
            "pg_restore",
            "--clean",
            "--if-exists",
            "--single-transaction",
            f"--dbname={self._superuser_url()}",
            given=backup,
        )

    def start(self) -> "subprocess.CompletedProcess[str]":
        """A web process up to the point at which it would serve."""
        return subprocess.run(
            START, env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )

    def _superuser_url(self) -> str:
        return address_of(self.database.name, os.environ["TESTS_SUPERUSER_URL"])


def _run(name: str, *arguments: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    program = find_postgres(data_major=None).bin / name
    done = subprocess.run(
        [program, *arguments], input=given, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done


def there() -> set[str]:
    """Whose marker stands in any column of any table."""
    return {
        name
        for name in ("Anna", "Bela", "Carla", "Dora", "Emil", "Fred")
        if places_that_name(f"MARKER-{name}")
    }


@pytest.fixture
def house(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, queue: list[Any]
) -> Iterator[House]:
    with fresh_database("restore") as database:
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "NAME", database.name)
        environment = os.environ | {
            "DATABASE_URL": database.app_url,
            "OUTSIDE_STORE_URL": settings.OUTSIDE_STORE_URL,
        }
        cafe = found_cafe()
        with cafe.scope():
            bot = Bot.objects.create(name="Bot")
            page = Channel.objects.create(
                bot=bot, platform=Platform.MESSENGER, external_id="1", state="disconnected"
            )
        yield House(database, cafe, page, environment)
        connection.close()
