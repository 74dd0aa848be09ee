"""Between a new key and the end of its rotation people are known, and nothing counts twice."""

from typing import Any

import pytest

from chatbo.conversation.intake import store_events
from chatbo.conversation.models import IncomingEvent
from consent.erasure.deletion import delete_subject
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from tenants.bots.models import Channel, Subscriber
from tests.chatbo.conversation.conftest import Phone
from tests.foundation.keyed_rows import new_key, wrote


@pytest.fixture
def new_one(settings: Any) -> Any:
    """Puts a new key before the others, as the restarted processes know it."""

    def put() -> None:
        settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]

    return put


def test_a_delivery_that_is_repeated_counts_once(cafe: Any, channel: Channel, new_one: Any) -> None:
    event = wrote(channel.external_id, "person")
    another = wrote(channel.external_id, "person", "event-2")
    with cafe.scope():
        assert len(store_events(cafe.tenant.pk, channel.pk, [event])) == 1
        new_one()

        assert len(store_events(cafe.tenant.pk, channel.pk, [event, another])) == 1
        assert store_events(cafe.tenant.pk, channel.pk, [event, another]) == []
        assert IncomingEvent.objects.count() == 2


def test_who_is_known_stays_one_person(cafe: Any, phone: Phone, new_one: Any) -> None:
    phone.write("Hallo")
    new_one()

    phone.write("wann?")

    with cafe.scope():
        assert Subscriber.objects.get().messages.count() == 5  # Notice, and two times two.


def test_an_erasure_finds_what_lies_under_either_key(
    cafe: Any, channel: Channel, phone: Phone, new_one: Any
) -> None:
    """The person was met under the old key; one event waits under it, and one under the new."""
    phone.write("Hallo")
    with cafe.scope():
        subscriber = Subscriber.objects.get()
        events = [wrote("1001", subscriber.external_id, name) for name in ("old", "new")]
        store_events(cafe.tenant.pk, channel.pk, events[:1])
        new_one()
        store_events(cafe.tenant.pk, channel.pk, events[1:])
        assert IncomingEvent.objects.exclude(payload="").count() == 2

        delete_subject(request_erasure(subscriber, origin=Erasure.Origin.BOT))

        assert not IncomingEvent.objects.exclude(payload="").exists()
