"""Whoever asks in the chat gets their data: on every platform, in every state, as a link."""

import io
import json
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from chatbo.conversation.wishes import Wish, wish_of
from consent.embeds.models import Tool
from consent.embeds.tools import create_tool
from consent.erasure.models import PersonExport
from consent.texts.shipping import shipped_texts
from tenants.bots.models import Bot, Message, Subscriber
from tenants.bots.platforms.wire import Incoming, Kind
from tests.chatbo.conversation.conftest import Phone
from tests.consent.embeds.conftest import live_bot


def buttons_of(said: dict[str, Any]) -> list[dict[str, str]]:
    rows = [button for row in said.get("inline_keyboard", []) for button in row]
    return rows or said.get("buttons", [])


def link_in(phone: Phone) -> str:
    (button,) = buttons_of(phone.standins.control.received(phone.chat)[-1])
    return button["url"]


def taken(client: Client, link: str) -> dict[str, Any]:
    answer = client.post(urlsplit(link).path)
    assert answer.status_code == 200
    archive = ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    data: dict[str, Any] = json.loads(archive.read("data.json"))
    return data


@pytest.mark.parametrize(
    "said",
    [
        "meine daten",
        "Meine Daten!",
        "MEINE DATEN anfordern",
        "auskunft",
        "Datenauskunft",
        "my data",
        "Export my data.",
        "  download my data  ",
        "DSGVO-Auskunft",
    ],
)
def test_these_words_ask_for_ones_data(said: str) -> None:
    assert wish_of(_says(said), was_asked=False) == Wish.MY_DATA


@pytest.mark.parametrize(
    "said", ["meine daten löschen", "wo finde ich meine daten", "daten", "auskunft über bus 5"]
)
def test_others_do_not(said: str) -> None:
    assert wish_of(_says(said), was_asked=False) != Wish.MY_DATA


def _says(text: str) -> Incoming:
    from django.utils import timezone

    return Incoming("e", "page", "p", Kind.TEXT, timezone.now(), text=text)


def test_messenger_says_that_it_runs_and_then_gives_a_button(cafe: Any, phone: Phone) -> None:
    phone.write("wann?")
    phone.write("meine daten")

    started, ready = phone.received()[-2:]
    assert "zusammengestellt" in started
    assert "liegen bereit" in ready
    assert "Café Morgenrot" in ready
    assert "72 Stunden" in ready
    assert "my-data" not in ready, "Meta opens the addresses in a text"
    data = taken(Client(), link_in(phone))
    said = [row["text"] for row in data["sections"]["messages"] if row["direction"] == "in"]
    assert said == ["wann?", "meine daten"]


def test_telegram_gives_a_button_too(cafe: Any, telegram_phone: Phone) -> None:
    telegram_phone.write("wann?")
    telegram_phone.write("my data")

    assert taken(Client(), link_in(telegram_phone))["sections"]["messages"]


def test_it_speaks_the_bots_language(cafe: Any, phone: Phone) -> None:
    with cafe.scope():
        Bot.objects.update(language="en")
    phone.write("hours?")
    phone.write("my data")

    assert "being put together" in phone.received()[-2]
    assert "within 72 hours" in phone.received()[-1]
    assert taken(Client(), link_in(phone))["language"] == "en"


def test_the_words_fit_every_platforms_buttons() -> None:
    titles = [text.body.strip() for text in shipped_texts() if text.key == "bot-data-button"]
    assert len(titles) == 2
    assert all(len(title) <= 20 for title in titles)


def test_the_address_is_stored_with_no_message(cafe: Any, phone: Phone) -> None:
    phone.write("wann?")
    phone.write("meine daten")

    with cafe.scope():
        export = PersonExport.objects.get()
        stored = list(Message.objects.all())
        everything = json.dumps([[each.text, each.buttons] for each in stored])
        assert export.token in link_in(phone)
        assert export.token not in everything
        assert str(export.pk) in everything


def test_somebody_on_whom_nothing_is_stored_is_told_so_and_stays_nobody(
    cafe: Any, phone: Phone
) -> None:
    phone.write("meine daten")

    assert len(phone.received()) == 1
    assert "Nichts ist hier" in phone.received()[0]
    with cafe.scope():
        assert not Subscriber.objects.exists()
        assert not PersonExport.objects.exists()


@pytest.mark.parametrize("state", [Bot.State.PAUSED, Bot.State.DRAFT])
def test_a_bot_that_is_not_live_gives_them_all_the_same(
    cafe: Any, phone: Phone, state: str
) -> None:
    phone.write("wann?")
    with cafe.scope():
        Bot.objects.update(state=state)
    phone.write("meine daten")

    assert taken(Client(), link_in(phone))["sections"]["messages"][0]["text"] == "wann?"


def test_asked_twice_while_it_is_made_it_is_made_once(
    cafe: Any, phone: Phone, queue: list[Any]
) -> None:
    phone.write("wann?")
    work, phone.work = phone.work, lambda: None
    phone.write("meine daten")
    phone.write("meine daten")
    work()
    phone.work = work

    with cafe.scope():
        assert PersonExport.objects.count() == 1
    assert sum("liegen bereit" in said for said in phone.received()) == 1


def test_three_times_a_day_are_enough(cafe: Any, phone: Phone) -> None:
    phone.write("wann?")
    for _time in range(4):
        phone.write("meine daten")

    assert "morgen wieder" in phone.received()[-1]
    assert sum("liegen bereit" in said for said in phone.received()) == 3
    with cafe.scope():
        assert PersonExport.objects.count() == 3
        assert PersonExport.objects.kept().count() == 1, "only the newest link works"


def test_the_menu_stays_as_it_is(cafe: Any, phone: Phone) -> None:
    phone.write("wann?")
    phone.write("meine daten")

    menu = json.dumps(phone.standins.control.deliveries())
    assert "my-data" not in menu


@pytest.fixture
def tool(cafe: Any) -> Tool:
    bot = live_bot(cafe)
    with cafe.scope():
        return create_tool(bot, label="Chat mit uns")


def test_the_web_chat_shows_the_button_until_it_is_used(
    cafe: Any, client: Client, tool: Tool, work: Any, commit: Any
) -> None:
    url = reverse("webchat:chat", args=[tool.pk])
    for nonce, said in enumerate(("hallo", "meine daten")):
        with commit():
            client.post(url, {"nonce": str(nonce), "text": said}, headers={"X-Chat": "1"})
    work()

    page = client.get(url).content.decode()
    assert "zusammengestellt" in page
    assert page.count("Daten herunterladen") == 1
    with cafe.scope():
        link = f"/my-data/{PersonExport.objects.get().token}/"
    assert f'{link}" target="_blank" rel="noopener"' in page
    data = taken(Client(), link)
    assert data["sections"]["messages"][0]["text"] == "hallo"

    assert link not in client.get(url).content.decode()
    assert "Daten herunterladen" not in client.get(url).content.decode()


def test_a_stranger_in_the_web_chat_stays_nobody(
    cafe: Any, client: Client, tool: Tool, work: Any, commit: Any
) -> None:
    url = reverse("webchat:chat", args=[tool.pk])
    with commit():
        answer = client.post(url, {"nonce": "1", "text": "meine daten"}, headers={"X-Chat": "1"})
    work()

    assert "Nichts ist hier" in answer.content.decode()
    with cafe.scope():
        assert not Subscriber.objects.exists()
