"""The bot of a business that ChatBo has locked: silent, but for what persons are entitled to."""

from typing import Any

import pytest

from chatbo.foundation.isolation import platform_scope
from tenants.accounts.locking import lock_tenant, unlock_tenant
from tenants.bots.bots import answers_everybody
from tenants.bots.models import Bot, Message, Subscriber
from tests.chatbo.conversation.conftest import IMPRINT, Phone


@pytest.fixture
def lock(cafe: Any) -> Any:
    def lock() -> None:
        with platform_scope("test"):
            lock_tenant(cafe.tenant, reason="Advertising without consent.")

    return lock


def test_it_answers_no_questions_any_more(cafe: Any, phone: Phone, lock: Any) -> None:
    phone.write("wann?")
    lock()

    phone.write("wann?")

    assert "8 bis 18" not in phone.received()[-1]
    assert IMPRINT in phone.received()[-1]


def test_unsubscribing_goes_on_working(cafe: Any, phone: Phone, lock: Any) -> None:
    phone.write("Hallo")
    lock()

    phone.tap("chatbo:unsubscribe")
    phone.tap("chatbo:erase")

    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_the_imprint_too(phone: Phone, lock: Any) -> None:
    lock()
    phone.tap("chatbo:imprint")

    assert IMPRINT in phone.received()[-1]


def test_nothing_is_stored_on_a_stranger(cafe: Any, phone: Phone, lock: Any) -> None:
    lock()
    phone.write("Hallo")

    with cafe.scope():
        assert not Subscriber.objects.exists()
        assert not Message.objects.exists()


def test_the_neighbours_bot_and_an_unlocked_one_answer(
    cafe: Any, dentist: Any, phone: Phone, lock: Any
) -> None:
    with platform_scope("test"):
        lock_tenant(dentist.tenant, reason="Another matter.")
    phone.write("wann?")
    assert "8 bis 18" in phone.received()[-1]

    lock()
    with platform_scope("test"):
        unlock_tenant(cafe.tenant)
    phone.write("wann?")
    assert "8 bis 18" in phone.received()[-1]
    with cafe.scope():
        assert answers_everybody(Bot.objects.get())
