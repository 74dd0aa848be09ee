"""The owner's pages: from an empty list to a live bot, and what is wrong with a channel."""

from typing import Any

import pytest
from django.test import Client

from chatbo.conversation import readiness
from standins.testing import Running
from tenants.bots.models import Bot, Channel, Rule
from tests.chatbo.conversation.conftest import Phone


@pytest.fixture
def owner(cafe: Any, client: Client) -> Client:
    client.force_login(cafe.owner)
    return client


@pytest.fixture
def base(cafe: Any) -> str:
    return f"/app/{cafe.tenant.slug}/bots/"


def test_an_empty_list_says_what_to_do(owner: Client, base: str) -> None:
    assert f"{base}new/" in owner.get(base).content.decode()


def test_a_bot_is_created_changed_and_listed(cafe: Any, owner: Client, base: str) -> None:
    response = owner.post(f"{base}new/", {"name": "Morgenrot", "language": "de"}, follow=True)
    page = response.redirect_chain[0][0]
    assert "Morgenrot" in response.content.decode()

    owner.post(f"{page}edit/", {"name": "Abendrot", "language": "en", "greeting": "Hi"})

    assert "Abendrot" in owner.get(base).content.decode()
    with cafe.scope():
        bot = Bot.objects.get()
    assert (bot.language, bot.greeting, bot.state) == ("en", "Hi", Bot.State.DRAFT)


def test_a_bot_without_a_name_is_not_created(cafe: Any, owner: Client, base: str) -> None:
    assert owner.post(f"{base}new/", {"name": "", "language": "xx"}).status_code == 200
    with cafe.scope():
        assert not Bot.objects.exists()


def test_rules_are_edited_on_the_bots_page(cafe: Any, bot: Bot, owner: Client, base: str) -> None:
    page = f"{base}{bot.pk}/"
    owner.post(f"{page}rules/new/", {"keywords": "torte", "answer": "Heute Mohn."})
    assert "Heute Mohn." in owner.get(page).content.decode()
    assert owner.post(f"{page}rules/new/", {"keywords": " , ", "answer": "x"}).status_code == 200
    with cafe.scope():
        first, second = bot.rules.all()

    owner.post(f"{page}rules/{second.pk}/move/", {"to": "up"})
    owner.post(f"{page}rules/{second.pk}/", {"keywords": "torte", "answer": "Heute Käse."})
    owner.get(f"{page}rules/{first.pk}/delete/")
    with cafe.scope():
        assert bot.rules.all()[0].answer == "Heute Käse."
        assert Rule.objects.count() == 2, "asking is not deleting"
    owner.post(f"{page}rules/{first.pk}/delete/")
    with cafe.scope():
        assert Rule.objects.get() == second


def test_a_page_is_connected_by_its_token(
    cafe: Any, bot: Bot, owner: Client, base: str, work: Any, commit: Any
) -> None:
    page = f"{base}{bot.pk}/"
    with commit():
        owner.post(f"{page}connect/messenger/", {"token": " page-token-1001 "})
    work()

    shown = owner.get(page).content.decode()
    assert "Café Morgenrot" in shown
    assert "page-token-1001" not in shown
    with cafe.scope():
        assert Channel.objects.get().menu_state == Channel.Menu.SET


@pytest.mark.parametrize("platform", ["messenger", "telegram"])
def test_a_wrong_token_is_said_so(
    cafe: Any, bot: Bot, owner: Client, base: str, platform: str
) -> None:
    url = f"{base}{bot.pk}/connect/{platform}/"

    page = owner.post(url, {"token": "123:wrong"}).content.decode()

    assert "is-invalid" in page
    assert "123:wrong" not in page
    with cafe.scope():
        assert not Channel.objects.exists()


def test_a_platform_that_does_not_answer_is_said_so(
    bot: Bot, owner: Client, base: str, standins: Running
) -> None:
    standins.control.fail("graph", kind="drop")

    response = owner.post(f"{base}{bot.pk}/connect/messenger/", {"token": "page-token-1001"})

    assert response.status_code == 200
    assert "is-invalid" in response.content.decode()


def test_another_businesss_page_is_refused(
    cafe: Any, dentist: Any, channel: Channel, client: Client
) -> None:
    client.force_login(dentist.owner)
    base = f"/app/{dentist.tenant.slug}/bots/"
    page = client.post(f"{base}new/", {"name": "Linde", "language": "de"}).headers["Location"]

    response = client.post(f"{page}connect/messenger/", {"token": "page-token-1001"})

    assert "is-invalid" in response.content.decode()
    assert "Café" not in response.content.decode()
    with dentist.scope():
        assert not Channel.objects.exists()


def test_what_is_wrong_stands_on_the_bots_page(
    cafe: Any, bot: Bot, owner: Client, base: str, phone: Phone
) -> None:
    phone.standins.control.page("1001", token_state="expired")
    phone.write("wann?")

    page = owner.get(f"{base}{bot.pk}/").content.decode()

    assert "connect/messenger/" in page
    assert "alert-warning" in page


def test_a_menu_cannot_be_edited_only_set_again(
    cafe: Any, bot: Bot, owner: Client, base: str, phone: Phone, work: Any, commit: Any
) -> None:
    """There is no address that takes another menu; the one there is puts ours back."""
    phone.standins.control.page("1001", profile={})
    with cafe.scope():
        channel = Channel.objects.get()

    with commit():
        owner.post(
            f"{base}{bot.pk}/channels/{channel.pk}/menu/",
            {"unsubscribe": "", "imprint": "Info", "menu": "{}"},
        )
    work()

    [entry] = phone.standins.control.page("1001")["profile"]["persistent_menu"]
    titles = [item["title"] for item in entry["call_to_actions"]]
    assert titles == ["Abmelden & löschen", "Impressum", "Datenschutz"]


def test_disconnecting_takes_the_menu_away(
    cafe: Any, bot: Bot, owner: Client, base: str, phone: Phone
) -> None:
    with cafe.scope():
        channel = Channel.objects.get()
    url = f"{base}{bot.pk}/channels/{channel.pk}/disconnect/"

    owner.get(url)
    owner.post(url)

    page = phone.standins.control.page("1001")
    assert (page["profile"], page["subscribed_fields"]) == ({}, None)
    with cafe.scope():
        channel.refresh_from_db()
    assert (channel.state, channel.token) == (Channel.State.DISCONNECTED, "")
    assert owner.get(url).status_code == 404


def test_disconnecting_works_with_a_dead_token_too(
    cafe: Any, bot: Bot, owner: Client, base: str, phone: Phone
) -> None:
    phone.standins.control.page("1001", token_state="expired")
    with cafe.scope():
        channel = Channel.objects.get()

    owner.post(f"{base}{bot.pk}/channels/{channel.pk}/disconnect/")

    with cafe.scope():
        channel.refresh_from_db()
    assert channel.state == Channel.State.DISCONNECTED


def test_going_live_is_refused_with_reasons_and_granted_without(
    cafe: Any, bot: Bot, owner: Client, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f"{base}{bot.pk}/"
    with cafe.scope():
        Bot.objects.update(state=Bot.State.DRAFT)

    refused = owner.post(f"{page}go-live/", follow=True).content.decode()
    assert "AVV" in refused
    assert owner.get(f"{page}go-live/").status_code == 302
    with cafe.scope():
        assert Bot.objects.get().state == Bot.State.DRAFT

    monkeypatch.setattr(readiness, "agreement_in_force", lambda tenant_id: object())
    assert owner.get(f"{page}go-live/").status_code == 200
    owner.post(f"{page}go-live/")
    with cafe.scope():
        assert Bot.objects.get().state == Bot.State.LIVE
    owner.post(f"{page}pause/")
    with cafe.scope():
        assert Bot.objects.get().state == Bot.State.PAUSED


def test_the_web_chat_is_switched_on_and_tried(
    cafe: Any, bot: Bot, owner: Client, base: str
) -> None:
    page = f"{base}{bot.pk}/"
    assert "connect/web/" in owner.get(f"{page}try/").content.decode()

    owner.post(f"{page}connect/web/")

    assert "data-chat" in owner.get(f"{page}try/").content.decode()


@pytest.mark.parametrize(
    "path",
    ["", "edit/", "go-live/", "rules/new/", "connect/messenger/", "connect/telegram/", "try/"],
)
def test_a_neighbour_sees_none_of_it(
    cafe: Any, dentist: Any, bot: Bot, client: Client, path: str
) -> None:
    client.force_login(dentist.owner)

    for slug in (cafe.tenant.slug, dentist.tenant.slug):
        assert client.get(f"/app/{slug}/bots/{bot.pk}/{path}").status_code == 404
