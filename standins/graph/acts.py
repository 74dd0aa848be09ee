"""What a person can do in Messenger, each act told to the page's webhook."""

import json
from typing import Any

from standins import chats
from standins.chats import Thread
from standins.graph import events
from standins.graph.errors import wrong
from standins.world import World


def write(world: World, thread: Thread, text: str) -> int | None:
    return _message(world, thread, text)


def quick_reply(world: World, thread: Thread, title: str, payload: str) -> int | None:
    return _message(world, thread, title, quick_reply={"payload": payload})


def _message(world: World, thread: Thread, text: str, **more: Any) -> int | None:
    with world.store.transaction():
        chats.acted(world, thread)
        _, mid = chats.say(world, thread, sender="person", text=text)
        message = {"mid": mid, "text": text, **more}
        return events.from_person(world, thread, "messages", {"message": message})


def tap(world: World, thread: Thread, title: str, payload: str, **more: Any) -> int | None:
    """Press a button or an item of the menu."""
    with world.store.transaction():
        chats.acted(world, thread)
        _, mid = chats.say(world, thread, sender="person", text=title, tapped=True)
        postback = {"mid": mid, "title": title, "payload": payload, **more}
        return events.from_person(world, thread, "messaging_postbacks", {"postback": postback})


def start(world: World, thread: Thread, ref: str = "") -> int | None:
    """Press "Get started", the only thing one can do on a page that has the button."""
    started = profile(world, thread.place).get("get_started")
    if not started:
        raise wrong("This page has no Get Started button.")
    more = {"referral": _referral(ref)} if ref else {}
    # The button speaks the person's language, and so does its event.
    return tap(world, thread, "Los geht’s", started["payload"], **more)


def follow_link(world: World, thread: Thread, ref: str) -> int | None:
    """Come by ``m.me/<page>?ref=``: told at once in an old thread, with "Get started" in a new."""
    if not thread.started:
        return start(world, thread, ref)
    with world.store.transaction():
        chats.acted(world, thread)
        return events.from_person(
            world, thread, "messaging_referrals", {"referral": _referral(ref)}
        )


def read(world: World, thread: Thread) -> int | None:
    """Look at the page's messages; opens no window."""
    watermark = {"watermark": int(world.now() * 1000)}
    return events.from_person(world, thread, "message_reads", {"read": watermark})


def _referral(ref: str) -> dict[str, str]:
    return {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}


def profile(world: World, page: str) -> dict[str, Any]:
    row = world.store.row("SELECT profile_json FROM pages WHERE id = ?", page)
    found: dict[str, Any] = json.loads(row["profile_json"]) if row else {}
    return found


def menu(world: World, thread: Thread) -> dict[str, Any] | None:
    """The menu that this person sees: commands hide it, a menu of the person's own goes first."""
    found = profile(world, thread.place)
    if "commands" in found:
        return None
    entries = thread.user_menu or found.get("persistent_menu") or []
    return next((entry for entry in entries if entry["locale"] == "default"), None)
