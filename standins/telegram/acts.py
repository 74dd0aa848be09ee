"""What a person can do in Telegram, each act an update for the bot's webhook."""

import json
import secrets
from typing import Any

from standins import chats
from standins.chats import Thread
from standins.store import Row
from standins.telegram.messages import bot_as_user, chat_of
from standins.world import World


def write(world: World, thread: Thread, text: str) -> int | None:
    """Say something; ``/command`` is marked as one."""
    if thread.blocked:
        block(world, thread, blocked=False)  # Telegram lets nobody write to a blocked bot
    with world.store.transaction():
        chats.acted(world, thread)
        number, _ = chats.say(world, thread, sender="person", text=text)
        message: dict[str, Any] = {
            "message_id": number,
            "from": _person(world, thread),
            "chat": chat_of(world, thread),
            "date": int(world.now()),
            "text": text,
        }
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return _update(world, thread, "message", message)


def start(world: World, thread: Thread, ref: str = "") -> int | None:
    """Press "Start", or come by ``t.me/<bot>?start=<ref>``."""
    return write(world, thread, f"/start {ref}".rstrip())


def tap(world: World, thread: Thread, title: str, payload: str) -> int | None:
    """Press a button under a message."""
    with world.store.transaction():
        query = str(secrets.randbits(62))
        world.store.run(
            "INSERT INTO callback_queries VALUES (?, ?, ?, ?)",
            query,
            thread.place,
            thread.id,
            world.now(),
        )
        chats.acted(world, thread)
        callback: dict[str, Any] = {
            "id": query,
            "from": _person(world, thread),
            "chat_instance": thread.address,
            "data": payload,
        }
        if message := _carrier(world, thread, payload):
            callback["message"] = {
                "message_id": message["id"],
                "from": bot_as_user(_bot(world, thread)),
                "chat": chat_of(world, thread),
                "date": int(message["at"]),
                "text": message["text"],
            }
        return _update(world, thread, "callback_query", callback)


def block(world: World, thread: Thread, *, blocked: bool) -> int | None:
    """Telegram tells the bot at once."""
    with world.store.transaction():
        chats.set_blocked(world, thread, blocked=blocked)
        bot, states = bot_as_user(_bot(world, thread)), ("member", "kicked")
        change = {
            "chat": chat_of(world, thread),
            "from": _person(world, thread),
            "date": int(world.now()),
            "old_chat_member": {"user": bot, "status": states[not blocked]},
            "new_chat_member": {"user": bot, "status": states[blocked]},
        }
        return _update(world, thread, "my_chat_member", change)


def _update(world: World, thread: Thread, kind: str, value: dict[str, Any]) -> int | None:
    webhook = json.loads(_bot(world, thread)["webhook_json"] or "{}")
    allowed = webhook.get("allowed_updates")
    if allowed and kind not in allowed:
        return None
    last = int(world.setting("update_id", "700000000"))
    world.set("update_id", str(last + 1))
    body = json.dumps({"update_id": last + 1, kind: value}).encode()
    lane = f"telegram-{thread.id}"
    return world.outbox.put("telegram", thread.place, body, lane=lane)


def _carrier(world: World, thread: Thread, payload: str) -> Row | None:
    """The newest message that carries the pressed button."""
    for message in reversed(chats.said(world, thread, sender="bot")):
        rows = message.get("inline_keyboard", [])
        if any(button.get("callback_data") == payload for row in rows for button in row):
            return message
    return None


def _bot(world: World, thread: Thread) -> Row:
    row = world.store.row("SELECT * FROM bots WHERE id = ?", thread.place)
    assert row is not None
    return row


def _person(world: World, thread: Thread) -> dict[str, Any]:
    chat = chat_of(world, thread)
    return {
        "id": chat["id"],
        "is_bot": False,
        "first_name": chat["first_name"],
        "language_code": "de",
    }
