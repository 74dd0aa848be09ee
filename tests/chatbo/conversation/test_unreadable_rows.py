"""A row that no key opens is told of, and stops nobody else's message, page or erasure."""

from typing import Any

import pytest
from django.test import Client

from chatbo.conversation.delivery import deliver_all, queue_messages
from chatbo.conversation.models import Delivery
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import carry_out
from tenants.bots.channels import connect_telegram
from tenants.bots.models import Bot, Channel, Message, Subscriber
from tenants.bots.platforms import Outgoing, leave, put_up_menu, send
from tenants.bots.platforms.errors import TokenDeadError
from tests.chatbo.conversation.conftest import MENU, TELEGRAM_TOKEN, Phone
from tests.chatbo.conversation.test_webchat import say
from tests.foundation.keyed_rows import damaged


def test_a_message_behind_it_goes_out(cafe: Any, phone: Phone) -> None:
    phone.write("Hallo")
    before = len(phone.received())
    with cafe.scope():
        person = Subscriber.objects.get()
        first, _ = queue_messages(person, [Outgoing("lost"), Outgoing("behind it")])
        damaged(first, "text")
        delivery = Delivery.objects.get()

    deliver_all(str(cafe.tenant.pk), str(delivery.pk))

    assert phone.received()[before:] == ["behind it"]
    with cafe.scope():
        assert Message.objects.get(pk=first.pk).problem == "unreadable"
        assert not Delivery.objects.exists()


def test_a_page_shows_the_other_messages_and_says_which_is_missing(
    cafe: Any, bot: Bot, web_channel: Channel, client: Client
) -> None:
    client.force_login(cafe.owner)
    url = f"/app/{cafe.tenant.slug}/bots/{bot.pk}/try/"
    say(client, url, text="Wann habt ihr geöffnet?")
    with cafe.scope():
        damaged(Message.objects.get(direction="in"), "text")

    page = client.get(url)

    assert page.status_code == 200
    assert "Täglich von 8 bis 18 Uhr." in page.content.decode()
    assert "Diese Nachricht kann im Augenblick nicht gelesen werden." in page.content.decode()


def test_a_person_whose_address_is_lost_is_erased_all_the_same(cafe: Any, phone: Phone) -> None:
    phone.write("Hallo")
    before = len(phone.received())
    with cafe.scope():
        damaged(Subscriber.objects.get(), "external_id")
        erasure = request_erasure(Subscriber.objects.get(), origin=Erasure.Origin.TENANT)

    carry_out(str(cafe.tenant.pk), str(erasure.pk))

    with cafe.scope():
        assert not Subscriber.objects.exists()
        assert not Message.objects.exists()
        assert Erasure.objects.get().state == Erasure.State.UNTOLD
    assert len(phone.received()) == before


def test_an_erasure_whose_address_is_lost_comes_to_its_end(cafe: Any, phone: Phone) -> None:
    phone.write("Hallo")
    with cafe.scope():
        erasure = request_erasure(Subscriber.objects.get(), origin=Erasure.Origin.BOT)
        damaged(erasure, "address")

    carry_out(str(cafe.tenant.pk), str(erasure.pk))

    with cafe.scope():
        done = Erasure.objects.get()
        assert (done.state, done.address) == (Erasure.State.UNTOLD, "")
        assert not Subscriber.objects.exists()


def test_a_channel_whose_token_is_lost_asks_to_be_connected_again(
    cafe: Any, bot: Bot, telegram_channel: Channel
) -> None:
    with cafe.scope():
        damaged(telegram_channel, "token")
        lost = Channel.objects.get(pk=telegram_channel.pk)

        with pytest.raises(TokenDeadError, match="no_token"):
            send(lost, "1", Outgoing("Hallo"))

        connect_telegram(bot, token=TELEGRAM_TOKEN, menu=MENU)
        assert Channel.objects.get(pk=telegram_channel.pk).token == TELEGRAM_TOKEN


def test_a_channel_whose_webhooks_secret_is_lost_gets_a_new_one(
    cafe: Any, bot: Bot, telegram_channel: Channel
) -> None:
    with cafe.scope():
        leave(telegram_channel)
        damaged(telegram_channel, "webhook_secret")
        lost = Channel.objects.get(pk=telegram_channel.pk)

        with pytest.raises(TokenDeadError, match="no_webhook_secret"):
            put_up_menu(lost, MENU)

        connect_telegram(bot, token=TELEGRAM_TOKEN, menu=MENU)
        assert Channel.objects.get(pk=telegram_channel.pk).webhook_secret
