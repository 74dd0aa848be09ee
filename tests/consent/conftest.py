"""A person who wrote to the café's page, on stand-ins that refuse what the real ones refuse."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.utils import timezone

from consent.ledger.models import ConsentRecord
from consent.ledger.recording import record_consent
from consent.texts.versions import text_in_force
from standins.testing import Running, running
from tenants.bots.channels import connect_messenger
from tenants.bots.models import Bot, Channel, Message, Subscriber, subscriber_index
from tenants.bots.platforms import Menu

MARKER = "MARKER-7f3a-only-this-person"
PAGE = "messenger-1001"
MENU = Menu("Bye", "Impressum", "https://a.example/i", "Datenschutz", "https://a.example/p")


@pytest.fixture(scope="session")
def _platforms(tmp_path_factory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("standins")) as found:
        yield found


@pytest.fixture
def platforms(_platforms, settings) -> Running:
    _platforms.control.reset()
    settings.META_GRAPH_URL = _platforms.graph_url
    return _platforms


@dataclass
class Person:
    subscriber: Subscriber
    channel: Channel
    address: str


@pytest.fixture
def person(cafe, platforms, queue) -> Person:
    """Somebody on whom something is stored in every room, with a marker to search for."""
    control = platforms.control
    with cafe.scope():
        channel = connect_messenger(
            Bot.objects.create(name="Bot"), token="page-token-1001", menu=MENU
        )
        control.page("1001", subscribed_fields=["messages", "messaging_postbacks"])
        control.write(PAGE, MARKER)
        address = control.address(PAGE)
        subscriber = Subscriber.objects.create(
            channel=channel,
            external_id=address,
            external_index=subscriber_index(channel.pk, address),
        )
        Message.objects.create(
            subscriber=subscriber, direction="in", text=MARKER, at=timezone.now()
        )
        record_consent(
            text_in_force("bot-notice", "de"),
            purpose=ConsentRecord.Purpose.NOTICE,
            decision=ConsentRecord.Decision.SHOWN,
            source=ConsentRecord.Source.BOT,
            controller=ConsentRecord.Controller.TENANT,
            person_id=subscriber.pk,
            identifier=address,
        )
    queue.clear()
    return Person(subscriber, channel, address)
