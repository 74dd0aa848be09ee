"""Telegram: the Bot API (https://core.telegram.org/bots/api).

The Bot API wants the token in the address; it is logged nowhere, and errors carry codes only.
"""

import re
from datetime import timedelta
from typing import Any

from django.conf import settings

from chatbo.foundation.outbound import Answer, OutboundError, call
from tenants.bots.platforms.errors import (
    OurFaultError,
    PersonGoneError,
    PlatformError,
    RateLimitedError,
    TemporaryError,
    TokenDeadError,
)
from tenants.bots.platforms.wire import Button, Menu, Outgoing, Place, Receipt

ALLOWED_UPDATES = ["message", "callback_query"]
TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")

# Commands must be lower-case Latin letters; each language has its own words for the two pages.
_COMMANDS = {"de": ("stop", "impressum", "datenschutz"), "en": ("stop", "imprint", "privacy")}


def identify(token: str) -> Place:
    """Ask whose token this is. Raises ``TokenDeadError`` for one that is worth nothing."""
    bot = _bot_api(token, "getMe")
    return Place(
        str(bot["id"]),
        str(bot.get("first_name", bot["id"])),
        f"https://t.me/{bot.get('username', '')}",
    )


def set_webhook(token: str, url: str, secret: str) -> None:
    """Have updates sent to ``url`` with the secret in a header. Twice is once."""
    _bot_api(token, "setWebhook", url=url, secret_token=secret, allowed_updates=ALLOWED_UPDATES)


def has_webhook(token: str, url: str) -> bool:
    return bool(_bot_api(token, "getWebhookInfo").get("url") == url)


def set_menu(token: str, menu: Menu, language: str) -> None:
    """Put the fixed menu up as the bot's commands, and the button that opens them."""
    _bot_api(token, "setMyCommands", commands=_commands(menu, language))
    _bot_api(token, "setChatMenuButton", menu_button={"type": "commands"})


def has_menu(token: str, menu: Menu, language: str) -> bool:
    return bool(_bot_api(token, "getMyCommands") == _commands(menu, language))


def leave(token: str) -> None:
    """Take the menu away and have nothing sent to us any more."""
    _bot_api(token, "deleteMyCommands")
    _bot_api(token, "deleteWebhook", drop_pending_updates=True)


def send(token: str, recipient: str, outgoing: Outgoing) -> Receipt:
    """Send one message to one person."""
    values: dict[str, Any] = {"chat_id": recipient, "text": outgoing.text}
    if outgoing.buttons:
        values["reply_markup"] = {"inline_keyboard": [[_button(b)] for b in outgoing.buttons]}
    return Receipt(str(_bot_api(token, "sendMessage", **values).get("message_id", "")))


def acknowledge_tap(token: str, answer_id: str) -> None:
    """Let the tapped button stop waiting. Raises like all others; too late is an error too."""
    _bot_api(token, "answerCallbackQuery", callback_query_id=answer_id)


def _commands(menu: Menu, language: str) -> list[dict[str, str]]:
    stop, imprint, privacy = _COMMANDS.get(language, _COMMANDS["en"])
    return [
        {"command": stop, "description": menu.unsubscribe},
        {"command": imprint, "description": menu.imprint},
        {"command": privacy, "description": menu.privacy},
    ]


def _button(button: Button) -> dict[str, str]:
    if button.url:
        return {"text": button.title, "url": button.url}
    return {"text": button.title, "callback_data": button.payload}


def _bot_api(token: str, method: str, **values: Any) -> Any:
    if not TOKEN.fullmatch(token):
        raise TokenDeadError("not_a_token")
    try:
        answer = call("POST", f"{settings.TELEGRAM_API_URL}/bot{token}/{method}", json=values)
    except OutboundError as error:
        # From nothing: the cause knows the address, and with it the token.
        raise TemporaryError(error.kind, sent=error.sent) from None
    if (
        answer.status != 200
        or not isinstance(answer.data, dict)
        or answer.data.get("ok") is not True
    ):
        raise _error_in(answer)
    return answer.data.get("result")


def _error_in(answer: Answer) -> PlatformError:
    """403 means the person (blocked, deactivated); 400 "chat not found" too; 401 the token."""
    data = answer.data if isinstance(answer.data, dict) else {}
    named = data.get("error_code")
    code = named if isinstance(named, int) else answer.status  # a number, never a text
    description = str(data.get("description", ""))
    match code:
        case 401 | 404:
            return TokenDeadError(str(code))
        case 403:
            return PersonGoneError(str(code))
        case 400 if "chat not found" in description:
            return PersonGoneError("400/chat_not_found")
        case 429:
            parameters = data.get("parameters")
            seconds = parameters.get("retry_after", 5) if isinstance(parameters, dict) else 5
            pause = seconds if isinstance(seconds, int) else 5
            return RateLimitedError("429", retry_after=timedelta(seconds=pause))
        case _ if answer.status >= 500:
            return TemporaryError(str(code), sent=True)
        case _:
            return OurFaultError(str(code))
