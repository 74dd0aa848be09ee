"""What persons see and do."""

import json
from collections.abc import Callable
from typing import Any

from standins import chats, seeds
from standins.chats import Thread
from standins.control.access import ControlCall
from standins.control.errors import ControlError
from standins.graph import acts as messenger
from standins.graph.errors import GraphError
from standins.graph.profile import check_menu
from standins.telegram import acts as telegram
from standins.telegram.menus import commands_for

Act = Callable[[ControlCall, Thread], int | None]


def state(call: ControlCall) -> dict[str, Any]:
    """Who and what there is."""
    store = call.world.store
    pages = [
        {"chat": f"messenger-{row['id']}", "name": row["name"], "platform": "messenger"}
        for row in store.rows("SELECT id, name FROM pages ORDER BY id")
    ]
    bots = [
        {"chat": f"telegram-{row['id']}", "name": row["name"], "platform": "telegram"}
        for row in store.rows("SELECT id, name FROM bots ORDER BY id")
    ]
    persons = store.rows("SELECT id, name, role, asid FROM persons ORDER BY id")
    return {"persons": persons, "chats": pages + bots}


def chat(call: ControlCall) -> dict[str, Any]:
    """One person's view of one conversation: what their phone shows."""
    thread = call.thread()
    view: dict[str, Any] = {
        "chat": f"{thread.platform}-{thread.place}",
        "person": thread.person,
        "address": thread.address,
        "started": thread.started,
        "blocked": thread.blocked,
        "messages": chats.said(call.world, thread, after=int(call.number("after", 0))),
    }
    if thread.platform == "messenger":
        return view | _messenger_view(call, thread)
    return view | _telegram_view(call, thread)


def _messenger_view(call: ControlCall, thread: Thread) -> dict[str, Any]:
    profile = messenger.profile(call.world, thread.place)
    menu = messenger.menu(call.world, thread)
    greetings = {entry["locale"]: entry["text"] for entry in profile.get("greeting", [])}
    page = call.world.store.row("SELECT subscribed_json FROM pages WHERE id = ?", thread.place)
    return {
        "menu": menu["call_to_actions"] if menu else [],
        "can_write": not (menu or {}).get("composer_input_disabled", False),
        "get_started": bool(profile.get("get_started")) and not thread.started,
        "greeting": greetings.get("de_DE", greetings.get("default", "")),
        "connected": bool(page and page["subscribed_json"]),
    }


def _telegram_view(call: ControlCall, thread: Thread) -> dict[str, Any]:
    bot = call.world.store.row("SELECT * FROM bots WHERE id = ?", thread.place)
    assert bot is not None
    return {
        "menu": [
            {"type": "command", "title": f"/{entry['command']}", "note": entry["description"]}
            for entry in commands_for(json.loads(bot["commands_json"]), "de")
        ],
        "can_write": thread.started,
        "get_started": not thread.started,
        "greeting": json.loads(bot["texts_json"]).get("description", ""),
        "connected": bool(bot["webhook_json"]),
    }


def act(call: ControlCall) -> dict[str, Any]:
    """Do something as a person; names the delivery that tells the product, if any."""
    thread, what = call.thread(), call.text("act")
    known = MESSENGER if thread.platform == "messenger" else TELEGRAM
    if what not in known:
        raise ControlError(f"act must be one of {', '.join(known)}.")
    try:
        return {"delivery": known[what](call, thread)}
    except GraphError as error:
        raise ControlError(str(error), 409) from error


MESSENGER: dict[str, Act] = {
    "write": lambda call, thread: messenger.write(call.world, thread, call.text("text")),
    "quick-reply": lambda call, thread: messenger.quick_reply(
        call.world, thread, call.text("title"), call.text("payload")
    ),
    "tap": lambda call, thread: messenger.tap(
        call.world, thread, call.text("title"), call.text("payload")
    ),
    "start": lambda call, thread: messenger.start(call.world, thread, call.text("ref", "")),
    "link": lambda call, thread: messenger.follow_link(call.world, thread, call.text("ref")),
    "read": lambda call, thread: messenger.read(call.world, thread),
    # Messenger tells nobody; the next message to the person is refused.
    "block": lambda call, thread: chats.set_blocked(call.world, thread, blocked=True),
    "unblock": lambda call, thread: chats.set_blocked(call.world, thread, blocked=False),
}
TELEGRAM: dict[str, Act] = {
    "write": lambda call, thread: telegram.write(call.world, thread, call.text("text")),
    "tap": lambda call, thread: telegram.tap(
        call.world, thread, call.text("title", ""), call.text("payload")
    ),
    "start": lambda call, thread: telegram.start(call.world, thread, call.text("ref", "")),
    "link": lambda call, thread: telegram.start(call.world, thread, call.text("ref")),
    "block": lambda call, thread: telegram.block(call.world, thread, blocked=True),
    "unblock": lambda call, thread: telegram.block(call.world, thread, blocked=False),
}


def add(call: ControlCall) -> dict[str, Any]:
    role = call.text("role", "phone")
    if role not in ("phone", "login"):
        raise ControlError("role must be phone or login.")
    email = call.text("email", "") or None
    person = seeds.add_person(call.world.store, name=call.text("name"), email=email, role=role)
    return {"person": person}


def change_thread(call: ControlCall) -> dict[str, Any]:
    """Deactivate the person, or give them a menu of their own, as another tool may."""
    thread = call.thread()
    if "deactivated" in call.params:
        call.world.store.run(
            "UPDATE threads SET deactivated = ? WHERE id = ?",
            bool(call.params["deactivated"]),
            thread.id,
        )
    if "user_menu" in call.params:
        menu = call.params["user_menu"]
        if menu is not None:
            check_menu(menu)
        call.world.store.run(
            "UPDATE threads SET user_menu_json = ? WHERE id = ?",
            json.dumps(menu) if menu else None,
            thread.id,
        )
    return {}
