"""The demo's café in the running product, and a person who writes to its page."""

import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg

from chatbo.dashboard.demo.businesses import CAFE
from tenants.bots import payloads
from tests.chatbo.conversation.conftest import as_meta_writes, signed
from tests.journey.processes import Product, until

CHAT = f"messenger-{CAFE.page}"
QUESTION = "Gibt es am Sonntag Kuchen?"
_numbers: Iterator[int] = itertools.count(1)


@dataclass
class Person:
    """Somebody with a phone, whom no test shares with another."""

    product: Product
    number: int = field(default_factory=lambda: next(_numbers))

    def __post_init__(self) -> None:
        self.id = self.product.control.add_person(f"Gast {self.number}")
        self.mark = f"MARK-{self.number}-nobody-else"

    @property
    def address(self) -> str:
        return self.product.control.address(CHAT, person=self.id)

    @property
    def marks(self) -> tuple[str, str]:
        """What is searched for when nothing may be left."""
        return (self.mark, self.address)

    def write(self) -> int | None:
        return self.product.control.write(CHAT, f"{QUESTION} {self.mark}", person=self.id)

    def said(self) -> list[str]:
        """What the bot has said to this person, so far."""
        return [row["text"] for row in self.product.control.received(CHAT, person=self.id)]

    def answers(self) -> int:
        return sum("Kuchen für Sonntag" in text for text in self.said())

    def goodbyes(self) -> int:
        """How often it was said that all is deleted: it is the message with the code's page."""
        return sum(re.search(r"/erasure/\w+/", text) is not None for text in self.said())

    def talk(self) -> None:
        """Write and be answered, so that something is stored."""
        self.write()
        until(self.answers, what="the bot's answer", logs=self.product.logs)

    def unsubscribe(self) -> None:
        """Up to the question whether it is meant."""
        before = len(self.said())
        self.product.control.tap(CHAT, payloads.UNSUBSCRIBE, person=self.id)
        until(lambda: len(self.said()) > before, what="the question")

    def say_yes(self) -> int | None:
        """Gives back the platform's number of the delivery."""
        return self.product.control.tap(CHAT, payloads.ERASE, person=self.id)

    def message(self, mid: str) -> dict[str, Any]:
        """What Meta sends to the webhook for a message of this person's."""
        now = int(time.time() * 1000)
        event = {
            "sender": {"id": self.address},
            "recipient": {"id": CAFE.page},
            "timestamp": now,
            "message": {"mid": mid, "text": f"{QUESTION} {self.mark}"},
        }
        return {
            "object": "page",
            "entry": [{"id": CAFE.page, "time": now, "messaging": [event]}],
        }


def deliver(product: Product, body: dict[str, Any], *, secret: str = "demo-app-secret") -> int:
    """As Meta does it: signed over the raw bytes. Gives back the answer's status."""
    raw = as_meta_writes(body)
    answer = httpx.post(
        f"{product.url}/webhooks/meta/",
        content=raw,
        headers={
            "Content-Type": "application/json",
            "X-Hub-Signature-256": signed(raw, secret),
        },
        timeout=5,  # Meta waits no longer
        trust_env=False,
    )
    return answer.status_code


def stored(product: Product, question: str, *values: object) -> Any:
    """One value of the database, asked by its owner, past all policies."""
    with psycopg.connect(product.database.owner_url) as owner:
        row = owner.execute(question, values).fetchone()
        return row[0] if row else None


def change(product: Product, statement: str) -> None:
    with psycopg.connect(product.database.owner_url) as owner:
        owner.execute(statement)
