"""A restored database brings nobody back by what it had still to work on.

Somebody's first message came in just when the copy was made: no row of theirs is in it.
"""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from chatbo.conversation import forgetting
from chatbo.conversation.intake import take_in
from chatbo.conversation.models import IncomingEvent
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.jobs.sweep import sweep
from consent.erasure.never_back import replaying, tombstones
from consent.erasure.never_back.replaying import replay_erasures
from consent.ledger.models import ConsentRecord
from tenants.bots.models import Channel, Message, Subscriber
from tenants.bots.platforms.wire import Incoming, Kind
from tests.chatbo.conversation.conftest import Phone
from tests.foundation.keyed_rows import damaged


def write(business: Any, channel: Channel, person: str, *, days_ago: float = 0) -> IncomingEvent:
    """A message that was stored, and that nobody has worked on."""
    event = Incoming(
        event_id=f"of {person} {days_ago}",
        place=channel.external_id,
        sender=person,
        kind=Kind.TEXT,
        at=timezone.now() - timedelta(days=days_ago),
        text="Wann habt ihr geöffnet?",
    )
    (number,) = take_in(business.tenant.pk, channel.pk, [event])
    with business.scope():
        return IncomingEvent.objects.get(pk=number)


def erased_elsewhere(business: Any, channel: Channel, person: str) -> None:
    """By a job of which this database knows nothing, under a number that it knows nothing of."""
    with business.scope():
        someone = Subscriber(tenant_id=business.tenant.pk, channel=channel, external_id=person)
        tombstones.put_up(tombstones.name_of(new_id()), [someone])


def there(business: Any) -> set[str]:
    with business.scope():
        return {each.external_id for each in Subscriber.objects.all()}


@pytest.fixture
def guest(phone: Phone) -> str:
    phone.standins.control.write(phone.chat, "Wann?")  # The platform lets them be answered.
    return phone.standins.control.address(phone.chat)


@pytest.fixture
def work_all(phone: Phone) -> Any:
    def working() -> None:
        sweep()
        phone.work()

    return working


def test_who_was_erased_is_not_made_anew_by_a_message_of_before(
    cafe: Any, channel: Channel, guest: str, phone: Phone, work_all: Any
) -> None:
    write(cafe, channel, guest)
    erased_elsewhere(cafe, channel, guest)

    replay_erasures()
    work_all()

    assert there(cafe) == set()
    assert phone.received() == []
    with cafe.scope():
        assert not ConsentRecord.objects.exists()
        assert not Message.objects.exists()
        event = IncomingEvent.objects.get()
    assert (event.payload, event.sender_index) == ("", "")
    assert event.finished_at is not None


def test_without_an_erasure_the_same_message_is_answered(
    cafe: Any, channel: Channel, guest: str, phone: Phone, work_all: Any
) -> None:
    """So that the first test could fail."""
    write(cafe, channel, guest)
    replay_erasures()
    work_all()

    assert there(cafe) == {guest}
    assert "Täglich von 8 bis 18 Uhr." in phone.received()


def test_what_others_wrote_is_answered(
    cafe: Any, channel: Channel, guest: str, phone: Phone, work_all: Any
) -> None:
    write(cafe, channel, guest)
    erased_elsewhere(cafe, channel, "somebody else")

    replay_erasures()
    work_all()

    assert there(cafe) == {guest}


def test_the_same_identifier_on_another_channel_is_somebody_else(
    cafe: Any, channel: Channel, telegram_channel: Channel, guest: str, work_all: Any
) -> None:
    write(cafe, channel, guest)
    erased_elsewhere(cafe, telegram_channel, guest)

    replay_erasures()
    work_all()

    assert there(cafe) == {guest}


def test_who_wrote_after_their_erasure_is_answered(
    cafe: Any, channel: Channel, guest: str, work_all: Any
) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        erased_elsewhere(cafe, channel, guest)
    write(cafe, channel, guest)

    replay_erasures()
    work_all()

    assert there(cafe) == {guest}


def test_what_was_written_before_and_delivered_late_is_not(
    cafe: Any, channel: Channel, guest: str, work_all: Any
) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        erased_elsewhere(cafe, channel, guest)
    write(cafe, channel, guest, days_ago=1)

    replay_erasures()
    work_all()

    assert there(cafe) == set()


def test_what_no_key_opens_is_left_and_hides_nothing_else(
    cafe: Any, channel: Channel, guest: str, work_all: Any
) -> None:
    lost = write(cafe, channel, "somebody else")
    write(cafe, channel, guest)
    with cafe.scope():
        damaged(lost, "payload")
    erased_elsewhere(cafe, channel, guest)

    replay_erasures()

    with cafe.scope():
        assert list(IncomingEvent.objects.unfinished()) == [lost]


def test_killed_before_the_entry_is_noted_it_is_looked_for_again(
    cafe: Any, channel: Channel, guest: str, work_all: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(cafe, channel, guest)
    erased_elsewhere(cafe, channel, guest)

    class Killed(BaseException):
        """As little caught as SIGKILL."""

    def die(*args: Any) -> None:
        raise Killed

    for holder, name in ((forgetting, "finish"), (replaying, "_remove")):
        with monkeypatch.context() as patch:
            patch.setattr(holder, name, die)
            with pytest.raises(Killed):
                replay_erasures()
        assert len(tombstones.unknown()) == 1

    replay_erasures()
    work_all()
    assert there(cafe) == set()
