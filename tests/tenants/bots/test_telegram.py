"""Telegram's wire, against a Bot API that refuses what the real one refuses."""

from datetime import timedelta

import pytest

from standins.testing import Running
from tenants.bots.platforms import Button, Menu, Outgoing, telegram
from tenants.bots.platforms.errors import (
    OurFaultError,
    PersonGoneError,
    RateLimitedError,
    TemporaryError,
    TokenDeadError,
)

TOKEN = "123456:telegram-token-1001"
CHAT = "telegram-123456"
URL = "http://127.0.0.1:8000/webhooks/telegram/some-channel/"


def test_a_token_tells_its_bot(standins: Running) -> None:
    bot = telegram.identify(TOKEN)

    assert (bot.external_id, bot.name) == ("123456", "Café Morgenrot")
    assert bot.address == "https://t.me/cafe_morgenrot_bot"


@pytest.mark.parametrize("token", ["123456:wrong", "no-colon", "", "1:a/../../x"])
def test_what_is_no_token_is_refused(standins: Running, token: str) -> None:
    with pytest.raises(TokenDeadError):
        telegram.identify(token)


def test_the_menu_stands_as_commands(standins: Running, menu: Menu) -> None:
    telegram.set_menu(TOKEN, menu, "de")

    assert [entry["title"] for entry in standins.control.view(CHAT)["menu"]] == [
        "/stop",
        "/impressum",
        "/datenschutz",
    ]
    assert telegram.has_menu(TOKEN, menu, "de")
    assert not telegram.has_menu(TOKEN, menu, "en")


def test_the_webhook_is_set_with_its_secret(standins: Running) -> None:
    telegram.set_webhook(TOKEN, URL, "s3cret")

    assert standins.control.bot("123456")["webhook"]["secret_token"] == "s3cret"
    assert telegram.has_webhook(TOKEN, URL)


def test_leaving_takes_menu_and_webhook_along(standins: Running, menu: Menu) -> None:
    telegram.set_webhook(TOKEN, URL, "s3cret")
    telegram.set_menu(TOKEN, menu, "de")

    telegram.leave(TOKEN)

    assert standins.control.bot("123456")["webhook"] is None
    assert not telegram.has_menu(TOKEN, menu, "de")


def test_a_message_arrives_with_its_buttons(standins: Running) -> None:
    standins.control.start(CHAT)

    receipt = telegram.send(
        TOKEN,
        standins.control.address(CHAT),
        Outgoing(
            "Wirklich?", (Button("Ja", payload="yes"), Button("Mehr", url="https://a.example"))
        ),
    )

    [said] = standins.control.received(CHAT)
    assert said["inline_keyboard"] == [
        [{"text": "Ja", "callback_data": "yes"}],
        [{"text": "Mehr", "url": "https://a.example"}],
    ]
    assert receipt.message_id == str(said["id"])


def test_who_blocked_the_bot_is_gone(standins: Running) -> None:
    standins.control.start(CHAT)
    standins.control.block(CHAT)

    with pytest.raises(PersonGoneError):
        telegram.send(TOKEN, standins.control.address(CHAT), Outgoing("Hallo"))


def test_who_never_wrote_is_nobody(standins: Running) -> None:
    with pytest.raises(PersonGoneError):
        telegram.send(TOKEN, "7000000001", Outgoing("Hallo"))


def test_a_rate_limit_says_when_to_come_back(standins: Running) -> None:
    standins.control.fail("telegram", "sendMessage", code=429, retry_after=7)

    with pytest.raises(RateLimitedError) as raised:
        telegram.send(TOKEN, "1", Outgoing("Hallo"))

    assert raised.value.retry_after == timedelta(seconds=7)


def test_a_server_error_may_pass_and_a_bad_request_does_not(standins: Running) -> None:
    standins.control.fail("telegram", "sendMessage", code=502)
    with pytest.raises(TemporaryError):
        telegram.send(TOKEN, "1", Outgoing("Hallo"))

    with pytest.raises(OurFaultError):
        telegram.send(TOKEN, "1", Outgoing(""))


def test_an_error_names_no_token(standins: Running) -> None:
    standins.control.fail("telegram", "getMe", kind="drop")

    with pytest.raises(TemporaryError) as raised:
        telegram.identify(TOKEN)

    assert raised.value.__cause__ is None
    assert TOKEN not in str(raised.value)


def test_a_tap_that_is_acknowledged_too_late_is_an_error(standins: Running) -> None:
    with pytest.raises(OurFaultError):
        telegram.acknowledge_tap(TOKEN, "nobody-asked")
