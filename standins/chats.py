"""Persons, their conversations, and what was said in them. The same for both platforms."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from standins.seeds import long_id
from standins.store import Row
from standins.world import World

PLATFORMS = ("messenger", "telegram")


@dataclass(frozen=True)
class Thread:
    """One person's conversation with one page or bot."""

    id: int
    platform: str
    place: str
    person: int
    address: str
    started: bool
    last_act: float | None
    blocked: bool
    deactivated: bool
    user_menu: list[dict[str, Any]] | None

    @classmethod
    def of(cls, row: Row) -> "Thread":
        menu = row["user_menu_json"]
        return cls(
            id=row["id"],
            platform=row["platform"],
            place=row["place"],
            person=row["person"],
            address=row["address"],
            started=bool(row["started"]),
            last_act=row["last_act"],
            blocked=bool(row["blocked"]),
            deactivated=bool(row["deactivated"]),
            user_menu=json.loads(menu) if menu else None,
        )


def open_thread(world: World, platform: str, place: str, person: int) -> Thread:
    """The conversation, made when the person looks at the page for the first time.

    Nobody at the platform knows of it before the person acts.
    """
    store = world.store
    with store.transaction():
        store.run(
            "INSERT OR IGNORE INTO threads (platform, place, person, address) VALUES (?, ?, ?, ?)",
            platform,
            place,
            person,
            _address(platform, place, person),
        )
        row = store.row(
            "SELECT * FROM threads WHERE platform = ? AND place = ? AND person = ?",
            platform,
            place,
            person,
        )
    assert row is not None
    return Thread.of(row)


def find_thread(world: World, platform: str, place: str, address: str) -> Thread | None:
    """The conversation as page and bot know it: only once the person has begun it."""
    row = world.store.row(
        "SELECT * FROM threads WHERE platform = ? AND place = ? AND address = ? AND started",
        platform,
        place,
        address,
    )
    return Thread.of(row) if row else None


def _address(platform: str, place: str, person: int) -> str:
    if platform == "telegram":
        return str(7_000_000_000 + person)  # past 32 bits, as real ones are
    return long_id("psid", place, person, start=24_000_000_000_000_000)


def acted(world: World, thread: Thread) -> None:
    """The person did something: the conversation exists and its window is open."""
    world.store.run(
        "UPDATE threads SET started = 1, last_act = ? WHERE id = ?", world.now(), thread.id
    )


def say(world: World, thread: Thread, *, sender: str, text: str, **extra: Any) -> tuple[int, str]:
    """Write a message into the conversation; give back its number and its mid."""
    mid = "m_" + secrets.token_urlsafe(48)
    number = world.store.run(
        "INSERT INTO messages (thread, mid, sender, at, text, extra_json)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        thread.id,
        mid,
        sender,
        world.now(),
        text,
        json.dumps(extra),
    )
    return number, mid


def said(world: World, thread: Thread, *, after: int = 0, sender: str = "") -> list[Row]:
    """The conversation, oldest first, as the person sees it."""
    rows = world.store.rows(
        "SELECT id, mid, sender, at, text, extra_json FROM messages"
        " WHERE thread = ? AND id > ? AND (? = '' OR sender = ?) ORDER BY id",
        thread.id,
        after,
        sender,
        sender,
    )
    return [row | json.loads(row.pop("extra_json")) for row in rows]


def set_blocked(world: World, thread: Thread, *, blocked: bool) -> None:
    world.store.run("UPDATE threads SET blocked = ? WHERE id = ?", blocked, thread.id)
