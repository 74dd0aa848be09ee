"""What waits for a person is sent once and in order, whatever goes wrong."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from chatbo.conversation.delivery import deliver_all, queue_messages
from chatbo.conversation.models import Delivery, IncomingEvent
from chatbo.foundation.jobs.sweep import sweep
from tenants.bots import platforms
from tenants.bots.models import Channel, Message, Subscriber
from tenants.bots.platforms import Outgoing
from tests.chatbo.conversation.conftest import Phone


@pytest.fixture
def known(cafe: Any, phone: Phone) -> Phone:
    """Somebody who has been greeted; what came so far is not counted."""
    phone.write("Hallo")
    return phone


def test_an_error_that_may_pass_is_tried_again(cafe: Any, known: Phone) -> None:
    known.standins.control.fail("graph", "/messages", code=2)
    known.write("wann?")
    assert len(known.received()) == 2

    later(cafe, known)

    assert known.received()[2:] == ["Täglich von 8 bis 18 Uhr."]
    with cafe.scope():
        assert not Delivery.objects.exists()


def test_a_rate_limit_is_waited_out(cafe: Any, known: Phone) -> None:
    known.standins.control.fail("graph", "/messages", code=613, retry_after=600)
    known.write("wann?")

    with cafe.scope():
        delivery = Delivery.objects.get()
    assert delivery.not_before > timezone.now() + timedelta(minutes=9)
    assert delivery.last_error == "613"


def test_later_messages_wait_for_earlier_ones(cafe: Any, known: Phone) -> None:
    known.standins.control.fail("graph", "/messages", code=2)
    known.write("wann?")
    known.write("Impressum")
    assert len(known.received()) == 2

    later(cafe, known)

    assert [text[:9] for text in known.received()[2:]] == ["Täglich v", "Impressum"]


def test_a_dead_token_is_shown_to_the_owner_and_ends_the_tries(cafe: Any, known: Phone) -> None:
    known.standins.control.page("1001", token_state="expired")

    known.write("wann?")

    with cafe.scope():
        channel = Channel.objects.get()
        assert (channel.state, channel.problem) == (Channel.State.BROKEN, "token_dead")
        assert Message.objects.filter(problem="190/463").count() == 1
        assert not Delivery.objects.exists()


def test_a_restriction_that_is_lifted_heals_the_channel(cafe: Any, known: Phone) -> None:
    known.standins.control.page("1001", restricted=True)
    known.write("wann?")
    with cafe.scope():
        assert Channel.objects.get().problem == "page_restricted"

    known.standins.control.page("1001", restricted=False)
    known.write("wann?")

    with cafe.scope():
        channel = Channel.objects.get()
    assert (channel.state, channel.problem) == (Channel.State.CONNECTED, "")


def test_who_blocked_the_page_gets_nothing_and_breaks_nothing(cafe: Any, known: Phone) -> None:
    with known.commit(), cafe.scope():
        subscriber = Subscriber.objects.select_for_update().get()
        queue_messages(subscriber, [Outgoing("eins"), Outgoing("zwei")])
    known.standins.control.block(known.chat)

    known.work()

    with cafe.scope():
        assert Message.objects.exclude(problem="").count() == 2
        assert Channel.objects.get().state == Channel.State.CONNECTED
        assert not Delivery.objects.exists()


def test_a_message_that_the_platform_refuses_does_not_hold_up_the_next(
    cafe: Any, known: Phone
) -> None:
    with known.commit(), cafe.scope():
        subscriber = Subscriber.objects.select_for_update().get()
        queue_messages(subscriber, [Outgoing("x" * 2001), Outgoing("zwei")])

    known.work()

    assert known.received()[2:] == ["zwei"]
    with cafe.scope():
        assert Message.objects.exclude(problem="").get().problem == "100"


def test_tries_end_at_last(cafe: Any, known: Phone) -> None:
    known.standins.control.fail("graph", "/messages", count=100, code=2)
    known.write("wann?")
    with cafe.scope():
        Delivery.objects.update(attempts=9)

    later(cafe, known)

    with cafe.scope():
        assert Message.objects.exclude(problem="").get().problem == "2"
        assert Channel.objects.get().problem == "unreachable"
        assert not Delivery.objects.exists()


def test_a_worker_killed_between_two_messages_repeats_none(
    cafe: Any, known: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second send never returns, as if the process had died; then the lease runs out."""
    with known.commit(), cafe.scope():
        subscriber = Subscriber.objects.select_for_update().get()
        queue_messages(subscriber, [Outgoing("eins"), Outgoing("zwei"), Outgoing("drei")])
        delivery = Delivery.objects.get()
    real, sent = platforms.send, []

    def dying(channel: Channel, person: str, outgoing: Outgoing) -> Any:
        if sent:
            raise KeyboardInterrupt
        sent.append(outgoing)
        return real(channel, person, outgoing)

    monkeypatch.setattr(platforms, "send", dying)
    with pytest.raises(KeyboardInterrupt):
        deliver_all(str(delivery.tenant_id), str(delivery.pk))
    monkeypatch.undo()

    later(cafe, known)

    assert known.received()[2:] == ["eins", "zwei", "drei"]


def test_two_workers_do_not_send_the_same(cafe: Any, known: Phone) -> None:
    with cafe.scope():
        subscriber = Subscriber.objects.select_for_update().get()
        queue_messages(subscriber, [Outgoing("eins")])
        delivery = Delivery.objects.get()
        assert Delivery.objects.claim(delivery.pk) is not None

    deliver_all(str(delivery.tenant_id), str(delivery.pk))

    assert len(known.received()) == 2


def test_an_answer_to_a_stranger_is_tried_again_where_that_may_help(
    cafe: Any, phone: Phone
) -> None:
    phone.standins.control.fail("graph", "/messages", code=2)
    phone.write("Stop")
    assert phone.received() == []

    later(cafe, phone)

    assert len(phone.received()) == 1
    with cafe.scope():
        assert not IncomingEvent.objects.exclude(payload="").exists()


def test_an_answer_to_a_stranger_who_blocked_the_page_is_dropped(cafe: Any, phone: Phone) -> None:
    phone.standins.control.write(phone.chat, "Stop")
    body = phone.last_body()
    phone.standins.control.block(phone.chat)

    phone.deliver(body)
    phone.work()

    with cafe.scope():
        event = IncomingEvent.objects.get()
        assert Channel.objects.get().state == Channel.State.CONNECTED
    assert event.finished_at is not None
    assert event.payload == ""
    assert event.last_error == "551/1545041"


def test_a_tap_that_is_acknowledged_too_late_is_answered_all_the_same(
    cafe: Any, telegram_phone: Phone
) -> None:
    telegram_phone.start()
    telegram_phone.standins.control.fail("telegram", "answerCallbackQuery", code=400)

    telegram_phone.tap("chatbo:imprint")

    assert "impressum" in telegram_phone.received()[-1]


def later(cafe: Any, phone: Phone) -> None:
    """An hour later the sweep comes by."""
    from celery import current_app

    assert "sweep" in current_app.tasks
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        sweep()
        phone.work()
