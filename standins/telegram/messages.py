"""What a bot may say.

https://core.telegram.org/bots/api#sendmessage
"""

from typing import Any
from urllib.parse import urlsplit

from standins import chats
from standins.chats import Thread
from standins.telegram.access import BotCall
from standins.telegram.errors import TelegramError, bad
from standins.world import World

#: The real life of a question is not published; somewhat over half a minute is often seen.
ANSWER_WITHIN = 60


def get_me(call: BotCall) -> dict[str, Any]:
    return bot_as_user(call.bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def bot_as_user(bot: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": int(bot["id"]),
        "is_bot": True,
        "first_name": bot["name"],
        "username": bot["username"],
    }


def send_message(call: BotCall) -> dict[str, Any]:
    chat = call.text("chat_id")
    if not chat:
        raise bad("chat_id is empty")
    if call.params.get("parse_mode"):
        raise bad("the stand-in plays no parse_mode")
    text = call.text("text").strip()
    if not text:
        raise bad("message text is empty")
    if len(text) > 4096:
        raise bad("message is too long")
    extra = _markup(call)
    thread = _thread(call, chat)
    number, _ = chats.say(call.world, thread, sender="bot", text=text, **extra)
    return {
        "message_id": number,
        "from": bot_as_user(call.bot),
        "chat": chat_of(call.world, thread),
        "date": int(call.world.now()),
        "text": text,
    }


def chat_of(world: World, thread: Thread) -> dict[str, Any]:
    person = world.store.row("SELECT name FROM persons WHERE id = ?", thread.person)
    name = person["name"] if person else ""
    return {"id": int(thread.address), "first_name": name, "type": "private"}


def _thread(call: BotCall, chat: str) -> Thread:
    thread = chats.find_thread(call.world, "telegram", call.bot["id"], chat)
    if thread is None:
        raise bad("chat not found")
    if thread.deactivated:
        raise TelegramError(403, "Forbidden: user is deactivated")
    if thread.blocked:
        raise TelegramError(403, "Forbidden: bot was blocked by the user")
    return thread


def _markup(call: BotCall) -> dict[str, Any]:
    markup = call.value("reply_markup")
    if not markup:
        return {}
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        return {"inline_keyboard": _rows(markup["inline_keyboard"], _inline_button)}
    if "keyboard" in markup:
        return {"keyboard": _rows(markup["keyboard"], _keyboard_button)}
    if markup.get("remove_keyboard") is True or markup.get("force_reply") is True:
        return {}
    raise bad("object expected as reply markup")


def _rows(value: Any, check: Any) -> list[list[dict[str, str]]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad("can't parse reply markup: expected an Array of Array")
    return [[check(button) for button in row] for row in value]


def _inline_button(button: Any) -> dict[str, str]:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"]:
        raise bad("inline keyboard button text is empty")
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
        return {"text": button["text"], "callback_data": data}
    if "url" in button:
        url = str(button["url"])
        # The real one takes no address on 127.0.0.1 either; the demo has no other.
        if urlsplit(url).scheme not in ("http", "https", "tg") or not urlsplit(url).netloc:
            raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
        return {"text": button["text"], "url": url}
    raise bad("Text buttons are unallowed in the inline keyboard")


def _keyboard_button(button: Any) -> dict[str, str]:
    text = button.get("text") if isinstance(button, dict) else button
    if not isinstance(text, str) or not text:
        raise bad("keyboard button text is empty")
    return {"text": text}


def answer_callback_query(call: BotCall) -> bool:
    """Ends the waiting of whoever pressed a button. Too late is an error."""
    text = call.text("text")
    if len(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    row = call.world.store.row(
        "SELECT * FROM callback_queries WHERE id = ? AND bot = ?",
        call.text("callback_query_id"),
        call.bot["id"],
    )
    if row is None or call.world.now() - row["at"] > ANSWER_WITHIN:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if text:
        thread = call.world.store.row("SELECT * FROM threads WHERE id = ?", row["thread"])
        assert thread is not None
        chats.say(call.world, Thread.of(thread), sender="bot", text=text, notice=True)
    return True
