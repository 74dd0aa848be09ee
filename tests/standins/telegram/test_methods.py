"""The Bot API refuses what Telegram's refuses."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from standins.client import Control

BOT = "telegram-123456"
Call = Callable[..., httpx.Response]


@pytest.fixture
def chat(control: Control) -> str:
    control.start(BOT)
    return control.address(BOT)


def refused(response: httpx.Response) -> tuple[int, str]:
    found = response.json()
    assert found["ok"] is False
    assert response.status_code == found["error_code"]
    return found["error_code"], found["description"]


def commands(count: int) -> list[dict[str, str]]:
    return [{"command": f"command_{n}", "description": "x"} for n in range(count)]


def test_a_bot_knows_itself(telegram: Call) -> None:
    assert telegram("getMe").json()["result"]["username"] == "cafe_morgenrot_bot"
    assert telegram("getme").json()["ok"] is True


def test_tokens(telegram: Call, control: Control) -> None:
    assert refused(telegram("getMe", token="123456:guess")) == (401, "Unauthorized")
    assert refused(telegram("getMe", token="nonsense")) == (404, "Not Found")
    control.bot("123456", token_state="invalid")
    assert refused(telegram("getMe")) == (401, "Unauthorized")
    assert refused(telegram("flyToTheMoon", token="223456:telegram-token-2002"))[0] == 404


def test_a_message_reaches_the_person(telegram: Call, control: Control, chat: str) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Ja", "callback_data": "x" * 64}]]}
    result = telegram("sendMessage", chat_id=chat, text="x" * 4096, reply_markup=keyboard).json()
    assert result["result"]["chat"] == {
        "id": int(chat),
        "first_name": "Gast 1",
        "type": "private",
    }
    (message,) = control.received(BOT)
    assert message["inline_keyboard"][0][0]["text"] == "Ja"


def inline(**button: Any) -> dict[str, Any]:
    return {"text": "x", "reply_markup": {"inline_keyboard": [[button]]}}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": " "}, "message text is empty"),
        (inline(text="Ja", callback_data="x" * 65), "BUTTON_DATA_INVALID"),
        (inline(text="Ja", callback_data="ä" * 33), "BUTTON_DATA_INVALID"),
        (inline(text="Ja", callback_data=""), "BUTTON_DATA_INVALID"),
        (inline(text="Ja"), "Text buttons are unallowed"),
        (inline(callback_data="x"), "can't parse inline keyboard button"),
        (inline(text="Ja", url="nowhere"), "Wrong HTTP URL"),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply_markup"),
        ({"text": "x", "parse_mode": "HTML"}, "parse_mode"),
    ],
)
def test_a_malformed_message_is_refused(
    telegram: Call, control: Control, chat: str, body: dict[str, Any], reason: str
) -> None:
    code, description = refused(telegram("sendMessage", chat_id=chat, **body))
    assert code == 400
    assert reason in description
    assert control.received(BOT) == []


def test_who_cannot_be_reached(telegram: Call, control: Control, chat: str) -> None:
    def send(to: str) -> httpx.Response:
        return telegram("sendMessage", chat_id=to, text="Hallo")

    assert refused(send(control.address(BOT, person=2))) == (400, "Bad Request: chat not found")
    control.block(BOT)
    assert refused(send(chat)) == (403, "Forbidden: bot was blocked by the user")
    control.thread(BOT, deactivated=True)
    assert refused(send(chat)) == (403, "Forbidden: user is deactivated")


def test_101_commands_are_refused_and_the_old_list_stays(telegram: Call) -> None:
    assert telegram("setMyCommands", commands=commands(100)).json()["result"] is True
    assert refused(telegram("setMyCommands", commands=commands(101))) == (
        400,
        "Bad Request: BOT_COMMANDS_TOO_MUCH",
    )
    assert len(telegram("getMyCommands").json()["result"]) == 100


@pytest.mark.parametrize(
    ("command", "description"),
    [("Stop", "x"), ("", "x"), ("x" * 33, "x"), ("lösche", "x"), ("stop", ""), ("stop", "x" * 257)],
)
def test_a_wrong_command_is_refused(telegram: Call, command: str, description: str) -> None:
    given = [{"command": command, "description": description}]
    assert refused(telegram("setMyCommands", commands=given))[0] == 400


def test_slashes_and_doubles_are_put_right_without_a_word(telegram: Call) -> None:
    given = [
        {"command": "/stop", "description": "Abmelden"},
        {"command": "stop", "description": "Noch einmal"},
    ]
    assert telegram("setMyCommands", commands=given).json()["result"] is True
    assert telegram("getMyCommands").json()["result"] == [
        {"command": "stop", "description": "Abmelden"}
    ]


def test_no_commands_are_an_empty_list(telegram: Call) -> None:
    telegram("setMyCommands", commands=commands(2))
    telegram("setMyCommands", language_code="de", commands=commands(1))
    assert telegram("setMyCommands").json()["ok"] is True
    assert telegram("getMyCommands").json()["result"] == []
    assert len(telegram("getMyCommands", language_code="de").json()["result"]) == 1


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"url": "http://bot.example/hook"}, "An HTTPS URL must be provided"),
        ({"url": "https://bot.example:8000/hook"}, "ports 80, 88, 443 or 8443"),
        ({"url": "https://bot.example/", "secret_token": "ä"}, "unallowed characters"),
        ({"url": "https://bot.example/", "secret_token": "x" * 257}, "too long"),
        ({"url": "https://bot.example/", "max_connections": 101}, "max_connections"),
    ],
)
def test_a_wrong_webhook_is_refused(telegram: Call, values: dict[str, Any], reason: str) -> None:
    code, description = refused(telegram("setWebhook", **values))
    assert code == 400
    assert reason in description
    assert telegram("getWebhookInfo").json()["result"]["url"] == ""


@pytest.mark.parametrize(
    "url", ["https://bot.example/hook", "https://bot.example:8443/", "http://127.0.0.1:8000/hook"]
)
def test_a_webhook_is_set_and_taken_away(telegram: Call, url: str) -> None:
    assert telegram("setWebhook", url=url).json()["result"] is True
    assert telegram("getWebhookInfo").json()["result"]["url"] == url
    assert telegram("deleteWebhook").json()["result"] is True
    assert telegram("getWebhookInfo").json()["result"]["url"] == ""


def test_menu_button_and_descriptions(telegram: Call, control: Control) -> None:
    assert telegram("setChatMenuButton", menu_button={"type": "commands"}).json()["ok"]
    assert refused(telegram("setChatMenuButton", menu_button={"type": "dance"}))[0] == 400
    assert telegram("setMyDescription", description="x" * 512).json()["ok"]
    assert refused(telegram("setMyDescription", description="x" * 513))[0] == 400
    assert control.view(BOT)["greeting"] == "x" * 512
