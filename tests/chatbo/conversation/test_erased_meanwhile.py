"""What still waits to be sent to somebody is stopped by their erasure, in whose hands it may be.

One thing is in nobody's power: the one message that a worker hands to the platform in that moment.
"""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from chatbo.conversation import delivery as delivering
from chatbo.conversation.delivery import deliver_all, queue_messages
from chatbo.conversation.models import Delivery
from chatbo.foundation.jobs.sweep import sweep
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure, request_erasure_of_many
from consent.erasure.selecting import all_of
from consent.erasure.tasks import carry_out, carry_out_many
from tenants.bots import platforms
from tenants.bots.models import Channel, Message, Subscriber
from tenants.bots.platforms import Outgoing, PermanentError, TemporaryError
from tests.chatbo.conversation.conftest import Phone


@pytest.fixture
def waiting(cafe: Any, phone: Phone, queue: Any, commit: Any) -> Delivery:
    """Three messages to somebody, for whom no worker was called yet."""
    phone.write("Hallo")
    with commit(), cafe.scope():
        person = Subscriber.objects.select_for_update().get()
        queue_messages(person, [Outgoing("eins"), Outgoing("zwei"), Outgoing("drei")])
        found = Delivery.objects.get()
    queue.clear()
    return found


def erase(business: Any) -> None:
    with business.scope():
        erasure = request_erasure(Subscriber.objects.get(), origin=Erasure.Origin.TENANT)
    carry_out(str(business.tenant.pk), str(erasure.pk))


def left(business: Any) -> dict[type, int]:
    with business.scope():
        return {
            model: model.objects.count()  # type: ignore[attr-defined]  # each has it
            for model in (Subscriber, Message, Delivery)
        }


NOTHING = {Subscriber: 0, Message: 0, Delivery: 0}


def deliver(delivery: Delivery) -> None:
    deliver_all(str(delivery.tenant_id), str(delivery.pk))


def test_nothing_that_waited_is_sent_after_the_erasure(
    cafe: Any, phone: Phone, waiting: Delivery, queue: Any
) -> None:
    before = len(phone.received())
    erase(cafe)
    deliver(waiting)  # A call that was on its way.
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
        sweep()
        phone.work()

    (last,) = phone.received()[before:]
    assert last not in ("eins", "zwei", "drei")
    assert left(cafe) == NOTHING


def test_nor_is_it_where_many_are_erased(cafe: Any, phone: Phone, waiting: Delivery) -> None:
    before = len(phone.received())
    with cafe.scope():
        job = request_erasure_of_many(
            all_of(until=timezone.now()), origin=Erasure.Origin.TENANT, language="de"
        )
    carry_out_many(str(cafe.tenant.pk), str(job.pk))
    deliver(waiting)

    assert phone.received()[before:] == []
    assert left(cafe) == NOTHING


def test_of_what_a_worker_has_in_its_hands_only_that_one_message_arrives(
    cafe: Any, phone: Phone, waiting: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The erasure is carried out while the platform is being asked for the first of three."""
    before = len(phone.received())
    send = platforms.send

    def erased_meanwhile(*args: Any) -> Any:
        answer = send(*args)
        erase(cafe)
        return answer

    monkeypatch.setattr(delivering.platforms, "send", erased_meanwhile)
    deliver(waiting)

    first, last = phone.received()[before:]
    assert first == "eins"
    assert last not in ("zwei", "drei")
    assert left(cafe) == NOTHING


@pytest.mark.parametrize("error", [TemporaryError("2"), PermanentError("551")])
def test_a_refusal_that_comes_after_the_erasure_brings_nothing_back(
    cafe: Any,
    phone: Phone,
    waiting: Delivery,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    before = len(phone.received())

    def erased_and_refused(*args: Any) -> Any:
        monkeypatch.undo()
        erase(cafe)
        raise error

    monkeypatch.setattr(delivering.platforms, "send", erased_and_refused)
    deliver(waiting)

    assert len(phone.received()[before:]) == 1  # that they are erased
    assert left(cafe) == NOTHING
    with cafe.scope():
        assert Channel.objects.get().state == Channel.State.CONNECTED


def test_whoever_writes_again_gets_nothing_of_what_waited_before(
    cafe: Any, phone: Phone, waiting: Delivery
) -> None:
    erase(cafe)
    before = len(phone.received())
    phone.write("wann?")
    deliver(waiting)

    assert not {"eins", "zwei", "drei"} & set(phone.received()[before:])
