"""The numbers of a business's home: its own people, counted as it would count them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatbo.conversation.legal import fixed_menu
from chatbo.dashboard.numbers import LATELY, numbers_now
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from tenants.bots.bots import create_bot
from tenants.bots.channels import note_trouble, switch_on_web_chat
from tenants.bots.models import Channel, Subscriber
from tenants.bots.platforms.errors import TokenDeadError


@pytest.fixture
def channel(cafe: Any) -> Channel:
    with cafe.scope():
        bot = create_bot(name="Morgenrot")
        return switch_on_web_chat(bot, menu=fixed_menu(bot))


def somebody(channel: Channel, name: str, **facts: Any) -> Subscriber:
    return Subscriber.objects.create(
        channel=channel, external_id=name, external_index=name, **facts
    )


def test_whoever_tries_the_bot_out_is_no_subscriber(cafe: Any, channel: Channel) -> None:
    with cafe.scope():
        somebody(channel, "a customer")
        somebody(channel, "the owner", is_trial=True)

        assert numbers_now().subscribers == 1


def test_a_conversation_of_last_month_is_not_one_of_this_week(cafe: Any, channel: Channel) -> None:
    with cafe.scope():
        somebody(channel, "today")
        past = somebody(channel, "past")
        Subscriber.objects.filter(pk=past.pk).update(
            last_seen_at=timezone.now() - LATELY - timedelta(minutes=1)
        )

        assert (numbers_now().subscribers, numbers_now().conversations) == (2, 1)


def test_an_erasure_is_open_until_the_person_was_told(
    cafe: Any, channel: Channel, queue: list[Any]
) -> None:
    with cafe.scope():
        erasure = request_erasure(somebody(channel, "a"), origin=Erasure.Origin.BOT)
        assert (numbers_now().open_erasures, numbers_now().overdue_erasures) == (1, 0)

        Erasure.objects.update(due_at=timezone.now() - timedelta(days=1))
        assert (numbers_now().open_erasures, numbers_now().overdue_erasures) == (1, 1)

        erasure.finish()
        assert numbers_now().open_erasures == 0


def test_a_channel_whose_token_died_is_broken(cafe: Any, channel: Channel) -> None:
    with cafe.scope():
        assert numbers_now().broken_channels == 0

        note_trouble(channel.pk, TokenDeadError("190"))

        assert numbers_now().broken_channels == 1


def test_the_neighbour_counts_nobody_of_ours(cafe: Any, dentist: Any, channel: Channel) -> None:
    with cafe.scope():
        somebody(channel, "a customer")

    with dentist.scope():
        assert set(vars(numbers_now()).values()) == {0}
