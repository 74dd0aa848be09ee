"""A live bot of the café on Messenger, and a person's phone; the platforms are strict stand-ins."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from standins.testing import Running, running
from tenants.bots.bots import create_bot
from tenants.bots.channels import connect_messenger, connect_telegram, switch_on_web_chat
from tenants.bots.models import Bot, Channel
from tenants.bots.platforms import Menu
from tenants.bots.rules import add_rule

TOKEN = "page-token-1001"
TELEGRAM_TOKEN = "123456:telegram-token-1001"
IMPRINT = "https://cafe-morgenrot.example/impressum"
PRIVACY = "https://cafe-morgenrot.example/datenschutz"
MENU = Menu("Abmelden & löschen", "Impressum", IMPRINT, "Datenschutz", PRIVACY)

Commit = Callable[[], AbstractContextManager[Any]]


@pytest.fixture(scope="session")
def _platforms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("standins")) as found:
        yield found


@pytest.fixture
def standins(_platforms: Running, settings: Any) -> Running:
    _platforms.control.reset()
    settings.META_GRAPH_URL = _platforms.graph_url
    settings.TELEGRAM_API_URL = _platforms.telegram_url
    return _platforms


@pytest.fixture
def work(queue: list[tuple[Any, ...]], commit: Commit) -> Callable[[], None]:
    """Do what a worker would with all that was handed to the queue, until it is empty."""
    from celery import current_app

    def until_empty() -> None:
        while queue:
            name, *args = queue.pop(0)
            with commit():
                current_app.tasks[name](*args)

    return until_empty


@pytest.fixture
def bot(cafe: Any, standins: Running) -> Bot:
    """A bot that is live, with one rule. (Whether it may be: ``test_going_live``.)"""
    with cafe.scope():
        cafe.tenant.imprint_url, cafe.tenant.privacy_url = IMPRINT, PRIVACY
        cafe.tenant.save()
        bot = create_bot(name="Morgenrot", greeting="Willkommen im Café!")
        add_rule(bot, keywords="geöffnet, wann", answer="Täglich von 8 bis 18 Uhr.")
        Bot.objects.update(state=Bot.State.LIVE)
        bot.refresh_from_db()
    return bot


@pytest.fixture
def channel(cafe: Any, bot: Bot, work: Callable[[], None], commit: Commit) -> Channel:
    with commit(), cafe.scope():
        channel = connect_messenger(bot, token=TOKEN, menu=MENU)
    work()
    return channel


@pytest.fixture
def telegram_channel(cafe: Any, bot: Bot, work: Callable[[], None], commit: Commit) -> Channel:
    with commit(), cafe.scope():
        channel = connect_telegram(bot, token=TELEGRAM_TOKEN, menu=MENU)
    work()
    return channel


@pytest.fixture
def web_channel(cafe: Any, bot: Bot) -> Channel:
    with cafe.scope():
        return switch_on_web_chat(bot, menu=MENU)


def signed(body: bytes, secret: str = "demo-app-secret") -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def as_meta_writes(value: Any) -> bytes:
    """JSON with Meta's escapes: whoever parses it before checking gets another signature."""
    body = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return body.replace("/", "\\/").replace("@", "\\u0040").encode()


@dataclass
class Phone:
    """A person's phone: what is done on it reaches the webhook just as the platform sends it."""

    standins: Running
    chat: str
    client: Client
    commit: Commit
    work: Callable[[], None]
    url: str = "/webhooks/meta/"
    secret: str = ""

    def write(self, text: str) -> Any:
        return self.pass_on(self.standins.control.write(self.chat, text))

    def tap(self, payload: str, title: str = "Tap") -> Any:
        return self.pass_on(self.standins.control.tap(self.chat, payload, title=title))

    def start(self) -> Any:
        return self.pass_on(self.standins.control.start(self.chat))

    def received(self) -> list[str]:
        return [said["text"] for said in self.standins.control.received(self.chat)]

    def buttons(self) -> list[str]:
        """Those below the last message, by what they carry."""
        last = self.standins.control.received(self.chat)[-1]
        rows = [button for row in last.get("inline_keyboard", []) for button in row]
        return [
            button.get("payload") or button.get("callback_data")
            for button in rows or last.get("buttons", [])
        ]

    def last_body(self) -> Any:
        return self.standins.control.deliveries()[-1]["body"]

    def deliver(self, value: Any) -> Any:
        body = as_meta_writes(value)
        headers = (
            {"X-Telegram-Bot-Api-Secret-Token": self.secret}
            if self.secret
            else {"X-Hub-Signature-256": signed(body)}
        )
        with self.commit():
            return self.client.post(
                self.url, body, content_type="application/json", headers=headers
            )

    def pass_on(self, delivery: int | None) -> Any:
        bodies = {row["id"]: row["body"] for row in self.standins.control.deliveries()}
        assert delivery is not None, "the page is not subscribed"
        response = self.deliver(bodies[delivery])
        self.work()
        return response


@pytest.fixture
def phone(
    standins: Running, channel: Channel, client: Client, commit: Commit, work: Callable[[], None]
) -> Phone:
    return Phone(standins, "messenger-1001", client, commit, work)


@pytest.fixture
def telegram_phone(
    standins: Running,
    telegram_channel: Channel,
    client: Client,
    commit: Commit,
    work: Callable[[], None],
) -> Phone:
    return Phone(
        standins,
        "telegram-123456",
        client,
        commit,
        work,
        url=f"/webhooks/telegram/{telegram_channel.pk}/",
        secret=telegram_channel.webhook_secret,
    )
