"""Real HTTP and real concurrency: what a single-threaded test cannot show."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pytest_django.live_server_helper import LiveServer

from chatbo.conversation.intake import take_in
from chatbo.conversation.models import Delivery
from chatbo.conversation.tasks import deliver, handle_event
from consent.ledger.models import ConsentRecord
from standins.testing import running
from tenants.bots.models import Bot, Channel, Message, Subscriber
from tenants.bots.platforms.wire import Incoming, Kind


@pytest.fixture
def unheard(channel: Channel, queue: list[Any]) -> Channel:
    """A channel whose events wait until the test lets workers at them."""
    queue.clear()
    return channel


@pytest.mark.django_db(transaction=True)
def test_two_first_messages_at_once_make_one_person_and_one_notice(
    cafe: Any, unheard: Channel, standins: Any
) -> None:
    standins.control.write("messenger-1001", "Hallo")
    person = standins.control.address("messenger-1001")
    events = take_in(
        cafe.tenant.pk,
        unheard.pk,
        [incoming(person, f"m_{number}", "wann?") for number in range(6)],
    )
    assert len(events) == 6

    at_once([lambda e=event: handle_event(str(cafe.tenant.pk), str(e)) for event in events])  # type: ignore[misc]

    with cafe.scope():
        assert Subscriber.objects.count() == 1
        assert ConsentRecord.objects.count() == 1
        assert Message.objects.filter(direction="in").count() == 6
        delivery = Delivery.objects.get()
    at_once([lambda: deliver(str(cafe.tenant.pk), str(delivery.pk))] * 3)
    said = standins.control.received("messenger-1001")
    assert len(said) == 7, "one notice and six answers, each once"
    assert "Chatbot" in said[0]["text"]


@pytest.mark.django_db(transaction=True)
def test_the_platform_itself_delivers_to_us(
    cafe: Any, bot: Bot, live_server: LiveServer, queue: list[Any], tmp_path: Path, settings: Any
) -> None:
    from celery import current_app

    from tenants.bots.channels import connect_messenger
    from tests.chatbo.conversation.conftest import MENU, TOKEN

    def work() -> None:
        while queue:
            name, *args = queue.pop(0)
            current_app.tasks[name](*args)

    with running(tmp_path, webhook=live_server.url) as meta:
        settings.META_GRAPH_URL = meta.graph_url
        assert meta.control.verify()["verified"]
        with cafe.scope():
            connect_messenger(bot, token=TOKEN, menu=MENU)
        work()

        for act in (
            lambda: meta.control.write("messenger-1001", "Wann habt ihr geöffnet? äöü €/<%@"),
            lambda: meta.control.tap("messenger-1001", "chatbo:unsubscribe"),
            lambda: meta.control.tap("messenger-1001", "chatbo:erase"),
        ):
            act()
            assert meta.control.settle()
            work()

        assert {row["status"] for row in meta.control.deliveries()} == {200}
        said = [message["text"] for message in meta.control.received("messenger-1001")]
    assert said[1] == "Täglich von 8 bis 18 Uhr."
    assert "abgemeldet" in said[-1]
    with cafe.scope():
        assert not Subscriber.objects.exists()


def incoming(person: str, mid: str, text: str) -> Incoming:
    now = datetime.now(UTC)
    return Incoming(event_id=mid, place="1001", sender=person, kind=Kind.TEXT, at=now, text=text)


def at_once(calls: list[Callable[[], Any]]) -> None:
    def in_a_thread(call: Callable[[], Any]) -> None:
        try:
            call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        for done in [pool.submit(in_a_thread, call) for call in calls]:
            done.result()
