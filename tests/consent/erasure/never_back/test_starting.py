"""No process serves while it cannot be known whether somebody erased is back."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from chatbo.embedded.record import free_port
from consent.erasure.models import KnownTombstone
from consent.erasure.never_back.models import Replay
from consent.erasure.never_back.starting import replay_before_serving
from tenants.bots.models import Subscriber

from .test_replaying import forgotten

pytestmark = pytest.mark.django_db(transaction=True)


def refusal(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """What the one line says with which the process ends."""
    caplog.clear()
    with pytest.raises(SystemExit) as end:
        replay_before_serving()
    assert end.value.code == 1
    (line,) = [each.msg for each in caplog.records if each.levelname == "CRITICAL"]
    assert isinstance(line, dict)
    return line


def test_whoever_is_back_goes_before_anybody_is_served(cafe, person):
    forgotten(cafe, person.subscriber)

    replay_before_serving()

    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_a_server_s_event_loop_is_no_obstacle(cafe, person):
    forgotten(cafe, person.subscriber)

    async def start() -> None:
        replay_before_serving()

    # In a thread of its own: beside a browser's tests this one has a loop already.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, start()).result()

    assert Replay.objects.get().removed == 1


def test_where_nothing_was_forgotten_nothing_is_said(cafe, person, caplog):
    replay_before_serving()

    assert caplog.records == []
    assert not Replay.objects.exists()


def test_an_outside_store_that_is_away_ends_the_process(cafe, person, caplog, settings, tmp_path):
    KnownTombstone.objects.create(name="tombstones/000000/x")
    assert "no tombstone lies in OUTSIDE_STORE_URL" in refusal(caplog)["reason"]

    (tmp_path / "file").write_text("")
    settings.OUTSIDE_STORE_URL = (tmp_path / "file").as_uri()
    said = refusal(caplog)
    assert (said["reason"], said["error"]) == (
        "OUTSIDE_STORE_URL cannot be read",
        "NotADirectoryError",
    )


def test_an_entry_that_cannot_be_read_is_named(cafe, person, caplog, outside_store):
    name = forgotten(cafe, person.subscriber)
    (outside_store / name).write_text("half of")

    assert f"{name} (unreadable)" in refusal(caplog)["reason"]


def test_a_database_that_does_not_answer_is_not_taken_for_one_that_knows_all(
    cafe, caplog, monkeypatch
):
    monkeypatch.setitem(connection.settings_dict, "PORT", free_port())

    assert refusal(caplog)["error"] == "OperationalError"
