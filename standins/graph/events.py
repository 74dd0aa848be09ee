"""What happened to a page, as Meta tells it to the product's webhook.

https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
"""

import json
from typing import Any

from standins.chats import Thread
from standins.store import Row
from standins.world import World

#: Meta sends, and signs, these characters escaped beside everything outside ASCII.
ESCAPES = {"/": "\\/", "<": "\\u003C", "%": "\\u0025", "@": "\\u0040"}


def escaped(value: Any) -> bytes:
    """JSON as Meta writes it. Whoever parses it and writes it anew gets another signature."""
    body = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    for character, escape in ESCAPES.items():
        body = body.replace(character, escape)
    return body.encode("ascii")


def from_person(world: World, thread: Thread, field: str, event: dict[str, Any]) -> int | None:
    """Tell that the person did something; give back the delivery, or nothing if nobody listens."""
    ends = {"sender": {"id": thread.address}, "recipient": {"id": thread.place}}
    return _tell(world, thread, field, ends | {"timestamp": _ms(world)} | event)


def sent(world: World, thread: Thread, mid: str, message: dict[str, Any]) -> None:
    """Tell the page, if it wants to know, that its own message went out and arrived."""
    echo = {"mid": mid, "is_echo": True, "app_id": world.config.app_id}
    echo |= {name: message[name] for name in ("text", "attachment") if name in message}
    ends = {"sender": {"id": thread.place}, "recipient": {"id": thread.address}}
    _tell(world, thread, "message_echoes", ends | {"timestamp": _ms(world), "message": echo})
    delivery = {"mids": [mid], "watermark": _ms(world)}
    from_person(world, thread, "message_deliveries", {"delivery": delivery})


def is_subscribed(world: World, page: str, field: str) -> bool:
    row = world.store.row("SELECT subscribed_json FROM pages WHERE id = ?", page)
    return bool(row and row["subscribed_json"] and field in json.loads(row["subscribed_json"]))


def _tell(world: World, thread: Thread, field: str, event: dict[str, Any]) -> int | None:
    if not is_subscribed(world, thread.place, field):
        return None
    return deliver(world, thread.place, [event], lane=f"messenger-{thread.id}")


def deliver(world: World, page: str, events: list[dict[str, Any]], *, lane: str | None) -> int:
    entry = {"id": page, "time": _ms(world), "messaging": events}
    body = escaped({"object": "page", "entry": [entry]})
    return world.outbox.put("messenger", page, body, lane=lane)


def batch(world: World, deliveries: list[Row]) -> int:
    """Earlier events once more, all in one request, as after an outage."""
    entries = [entry for row in deliveries for entry in json.loads(row["body"])["entry"]]
    body = escaped({"object": "page", "entry": entries})
    return world.outbox.put("messenger", deliveries[0]["place"], body, lane=None)


def _ms(world: World) -> int:
    return int(world.now() * 1000)
