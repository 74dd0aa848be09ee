"""What Telegram tells a bot's webhook."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from standins.client import Control

BOT = "telegram-123456"
Call = Callable[..., httpx.Response]


@pytest.fixture
def hooked(telegram: Call, control: Control, listener: Any) -> Control:
    url = f"{listener.url}/webhooks/telegram/42/"
    assert telegram("setWebhook", url=url, secret_token="Secret_1").json()["ok"]
    return control


def test_an_update_has_telegrams_shape_and_the_secret(hooked: Control, listener: Any) -> None:
    hooked.start(BOT, ref="poster")
    hooked.settle()
    (heard,) = listener.heard
    assert heard.path == "/webhooks/telegram/42/"
    assert heard.headers["X-Telegram-Bot-Api-Secret-Token"] == "Secret_1"
    message = heard.json["message"]
    assert message["text"] == "/start poster"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"]["id"] == message["chat"]["id"] == int(hooked.address(BOT))
    assert message["from"]["id"] > 2**32


def test_a_button_is_a_question_to_answer_in_time(
    telegram: Call, hooked: Control, listener: Any
) -> None:
    hooked.start(BOT)
    keyboard = {"inline_keyboard": [[{"text": "Ja", "callback_data": "yes"}]]}
    telegram("sendMessage", chat_id=hooked.address(BOT), text="Wirklich?", reply_markup=keyboard)
    hooked.tap(BOT, "yes")
    hooked.settle()

    query = listener.heard[-1].json["callback_query"]
    assert query["data"] == "yes"
    assert query["message"]["text"] == "Wirklich?"
    answered = telegram("answerCallbackQuery", callback_query_id=query["id"], text="Gut")
    assert answered.json()["result"] is True
    assert hooked.received(BOT)[-1]["notice"] is True

    hooked.let_pass(seconds=120)
    late = telegram("answerCallbackQuery", callback_query_id=query["id"])
    assert late.status_code == 400
    assert telegram("answerCallbackQuery", callback_query_id="1").status_code == 400


def test_blocking_is_told_at_once(hooked: Control, listener: Any) -> None:
    hooked.start(BOT)
    hooked.block(BOT)
    hooked.settle()
    change = listener.heard[-1].json["my_chat_member"]
    assert change["old_chat_member"]["status"] == "member"
    assert change["new_chat_member"]["status"] == "kicked"


def test_a_failing_update_blocks_its_chat_and_no_other(hooked: Control, listener: Any) -> None:
    listener.answers[:] = [500]
    hooked.write(BOT, "eins")
    hooked.write(BOT, "zwei")
    hooked.settle()
    texts = [heard.json["message"]["text"] for heard in listener.heard]
    assert texts == ["eins", "eins", "zwei"]
    numbers = [heard.json["update_id"] for heard in listener.heard]
    assert numbers[0] == numbers[1] < numbers[2]


def test_updates_wait_for_a_webhook(telegram: Call, control: Control, listener: Any) -> None:
    control.write(BOT, "Ist da jemand?")
    control.settle()
    assert telegram("getWebhookInfo").json()["result"]["pending_update_count"] == 1
    assert listener.heard == []
    telegram("setWebhook", url=f"{listener.url}/hook")
    control.settle()
    assert listener.heard[0].json["message"]["text"] == "Ist da jemand?"


def test_updates_can_be_dropped_or_declined(
    telegram: Call, control: Control, listener: Any
) -> None:
    control.write(BOT, "alt")
    control.settle()
    telegram(
        "setWebhook",
        url=f"{listener.url}/hook",
        drop_pending_updates=True,
        allowed_updates=["callback_query"],
    )
    assert control.write(BOT, "neu") is None
    control.settle()
    assert listener.heard == []


def test_no_foreign_address_is_ever_called(telegram: Call, control: Control) -> None:
    telegram("setWebhook", url="https://bot.example/hook")
    control.write(BOT, "Hallo")
    control.settle()
    (delivery,) = control.deliveries()
    assert delivery["problem"] == "the stand-ins call this machine only"
