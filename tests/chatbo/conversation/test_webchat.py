"""The web chat: public behind a tool, and as a try-out in the dashboard."""

import uuid
from typing import Any

import pytest
from django.test import Client

from chatbo.foundation.isolation import directory
from chatbo.foundation.limits import LIMITS, MINUTE, NEWCOMERS, Limit, Per
from consent.embeds.models import Tool
from consent.erasure.models import Erasure
from tenants.bots.models import Bot, Channel, Message, Subscriber
from tests.chatbo.conversation.conftest import Commit


@pytest.fixture
def url(cafe: Any, bot: Bot, web_channel: Channel) -> str:
    with cafe.scope():
        tool = Tool.objects.create(bot=bot, label="Chat")
        directory.register("tool", str(tool.pk), tool.pk)
    return f"/e/{tool.pk}/chat/"


def say(client: Client, url: str, **fields: str) -> str:
    response = client.post(url, {"nonce": str(uuid.uuid4()), **fields}, headers={"X-Chat": "1"})
    assert response.status_code == 200
    return response.content.decode()


def test_opening_the_chat_stores_nothing_here_or_there(cafe: Any, client: Client, url: str) -> None:
    response = client.get(url)

    assert not response.cookies
    assert "Chatbot" in response.content.decode()
    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_an_answer_is_there_at_once(cafe: Any, client: Client, url: str) -> None:
    page = say(client, url, text="Wann habt ihr geöffnet?")

    assert "Täglich von 8 bis 18 Uhr." in page
    assert "kein Mensch" in page
    cookie = client.cookies["chat"]
    assert cookie["path"] == url
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"], "it ends with the browser's session"
    assert "Täglich von 8 bis 18 Uhr." in client.get(url + "messages/").content.decode()


def test_without_script_the_whole_page_comes_back(client: Client, url: str) -> None:
    response = client.post(url, {"nonce": "1", "text": "wann"})

    assert "<html" in response.content.decode()
    assert "Täglich von 8 bis 18 Uhr." in response.content.decode()


def test_the_same_act_twice_counts_once(cafe: Any, client: Client, url: str) -> None:
    client.post(url, {"nonce": "1", "text": "wann"})
    client.post(url, {"nonce": "1", "text": "wann"})

    with cafe.scope():
        assert Message.objects.filter(direction="in").count() == 1


def test_two_visitors_do_not_see_each_other(client: Client, url: str) -> None:
    say(client, url, text="Mein Geheimnis")

    assert "Mein Geheimnis" not in say(Client(), url, text="Hallo")


def test_a_forged_cookie_is_nobody(client: Client, url: str) -> None:
    say(client, url, text="Mein Geheimnis")
    forger = Client()
    forger.cookies["chat"] = client.cookies["chat"].value[:-2] + "xx"

    assert "Mein Geheimnis" not in forger.get(url + "messages/").content.decode()


def test_markup_in_a_message_stays_text(client: Client, url: str) -> None:
    page = say(client, url, text="<script>alert(1)</script>")

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_unsubscribing_shows_the_erasure_on_the_page(
    cafe: Any, client: Client, url: str, commit: Commit, work: Any
) -> None:
    say(client, url, text="Hallo")
    page = say(client, url, payload="chatbo:unsubscribe", title="Abmelden")
    assert "chatbo:erase" in page

    with commit():
        page = say(client, url, payload="chatbo:erase")
    assert 'data-chat-state="erasing"' in page
    work()

    page = client.get(url + "messages/").content.decode()
    with cafe.scope():
        erasure = Erasure.objects.get()
        assert not Subscriber.objects.exists()
    assert 'data-chat-state="erased"' in page
    assert erasure.code in page

    page = say(client, url, text="wann")
    assert "kein Mensch" in page, "whoever writes again starts anew"


def test_unsubscribing_without_having_written_says_that_nothing_is_stored(
    cafe: Any, client: Client, url: str
) -> None:
    page = say(client, url, payload="chatbo:unsubscribe")

    assert "Nichts" in page or "Nothing" in page
    assert not client.cookies.get("chat") or not client.cookies["chat"].value
    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_too_many_messages_in_a_minute_are_refused(client: Client, url: str) -> None:
    for _ in range(20):
        say(client, url, text="Hallo")

    assert client.post(url, {"nonce": "x", "text": "Hallo"}).status_code == 429


def test_a_script_without_a_cookie_makes_no_crowd_of_people(
    cafe: Any, client: Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, NEWCOMERS, (Limit(2, MINUTE, Per.ADDRESS),))
    answers = []
    for number in range(4):
        client.cookies.clear()
        sender = {"REMOTE_ADDR": "203.0.113.77"}
        answers.append(client.post(url, {"nonce": str(number), "text": "wann"}, **sender))

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    with cafe.scope():
        assert Subscriber.objects.count() == 2


def test_a_draft_talks_to_no_visitor(cafe: Any, client: Client, url: str) -> None:
    with cafe.scope():
        Bot.objects.update(state=Bot.State.DRAFT)

    page = client.post(url, {"nonce": "1", "text": "wann"}).content.decode()

    assert "8 bis 18" not in page
    assert "impressum" in page
    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_a_paused_bot_lets_its_visitors_unsubscribe(
    cafe: Any, client: Client, url: str, commit: Commit, work: Any
) -> None:
    say(client, url, text="Hallo")
    with cafe.scope():
        Bot.objects.update(state=Bot.State.PAUSED)

    say(client, url, payload="chatbo:unsubscribe")
    with commit():
        say(client, url, payload="chatbo:erase")
    work()

    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_a_tool_that_is_switched_off_lets_its_visitors_unsubscribe_and_nobody_else_in(
    cafe: Any, client: Client, url: str, commit: Commit, work: Any
) -> None:
    say(client, url, text="Hallo")
    with cafe.scope():
        Tool.objects.update(state=Tool.State.OFF)

    assert "chatbo:unsubscribe" not in Client().get(url).content.decode()
    say(client, url, payload="chatbo:unsubscribe")
    with commit():
        say(client, url, payload="chatbo:erase")
    work()

    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_an_unknown_tool_or_one_without_web_chat_is_not_there(
    cafe: Any, client: Client, url: str
) -> None:
    assert client.get(f"/e/{uuid.uuid4()}/chat/").status_code == 404
    with cafe.scope():
        Channel.objects.update(state=Channel.State.DISCONNECTED)
    assert client.get(url).status_code == 404


def test_the_owner_tries_a_draft(cafe: Any, bot: Bot, web_channel: Channel, client: Client) -> None:
    with cafe.scope():
        Bot.objects.update(state=Bot.State.DRAFT)
    client.force_login(cafe.owner)
    url = f"/app/{cafe.tenant.slug}/bots/{bot.pk}/try/"

    page = say(client, url, text="wann")

    assert "Täglich von 8 bis 18 Uhr." in page
    with cafe.scope():
        assert Subscriber.objects.get().is_trial


def test_the_owner_tries_unsubscribing(
    cafe: Any, bot: Bot, web_channel: Channel, client: Client, commit: Commit, work: Any
) -> None:
    client.force_login(cafe.owner)
    url = f"/app/{cafe.tenant.slug}/bots/{bot.pk}/try/"
    say(client, url, text="wann")
    say(client, url, payload="chatbo:unsubscribe")
    with commit():
        say(client, url, payload="chatbo:erase")
    work()

    assert 'data-chat-state="erased"' in client.get(url + "messages/").content.decode()
    assert "8 bis 18" in say(client, url, text="wann")


def test_a_neighbour_tries_nothing(cafe: Any, dentist: Any, bot: Bot, client: Client) -> None:
    client.force_login(dentist.owner)

    assert client.get(f"/app/{cafe.tenant.slug}/bots/{bot.pk}/try/").status_code == 404
    assert client.get(f"/app/{dentist.tenant.slug}/bots/{bot.pk}/try/").status_code == 404
