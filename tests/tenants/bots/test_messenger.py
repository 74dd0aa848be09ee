"""Messenger's wire, against a Graph API that refuses what the real one refuses."""

from datetime import timedelta
from typing import Any

import pytest

from standins.testing import Running
from tenants.bots.platforms import Button, Menu, Outgoing, messenger
from tenants.bots.platforms.errors import (
    NotPermittedError,
    OurFaultError,
    PageRestrictedError,
    PersonGoneError,
    PlatformError,
    RateLimitedError,
    TemporaryError,
    ThreadTakenError,
    TokenDeadError,
    WindowClosedError,
)

TOKEN = "page-token-1001"
CHAT = "messenger-1001"


def test_a_token_tells_its_page(standins: Running) -> None:
    page = messenger.identify(TOKEN)

    assert (page.external_id, page.name) == ("1001", "Café Morgenrot")
    assert page.address == "https://m.me/1001"


def test_the_proof_of_the_apps_secret_is_sent_with_every_call(
    standins: Running, menu: Menu
) -> None:
    standins.control.require_proof()

    messenger.identify(TOKEN)
    messenger.subscribe_page(TOKEN)
    messenger.set_menu(TOKEN, menu)


def test_a_token_stands_in_no_address(standins: Running, menu: Menu) -> None:
    messenger.set_menu(TOKEN, menu)

    assert all(TOKEN not in call["path"] + str(call["params"]) for call in standins.control.calls())


@pytest.mark.parametrize("state", ["invalid", "removed", "password", "expired"])
def test_a_dead_token_is_told_from_all_other_errors(standins: Running, state: str) -> None:
    standins.control.page("1001", token_state=state)

    with pytest.raises(TokenDeadError):
        messenger.identify(TOKEN)


@pytest.mark.parametrize("token", ["nobody-has-this", "umlaut-ä", "with\nnewline"])
def test_what_is_no_token_is_refused(standins: Running, token: str) -> None:
    with pytest.raises(PlatformError):
        messenger.identify(token)


def test_the_menu_is_the_three_entries_and_nothing_else(standins: Running, menu: Menu) -> None:
    messenger.set_menu(TOKEN, menu)

    profile = standins.control.page("1001")["profile"]
    [entry] = profile["persistent_menu"]
    assert profile["get_started"] == {"payload": "chatbo:start"}
    assert entry["call_to_actions"] == [
        {"type": "postback", "title": "Abmelden & löschen", "payload": "chatbo:unsubscribe"},
        {"type": "web_url", "title": "Impressum", "url": menu.imprint_url},
        {"type": "web_url", "title": "Datenschutz", "url": menu.privacy_url},
    ]
    assert messenger.has_menu(TOKEN, menu)


def test_a_menu_that_somebody_changed_is_seen(standins: Running, menu: Menu) -> None:
    messenger.set_menu(TOKEN, menu)
    profile = standins.control.page("1001")["profile"]
    profile["persistent_menu"][0]["call_to_actions"].pop(0)
    standins.control.page("1001", profile=profile)

    assert not messenger.has_menu(TOKEN, menu)


def test_commands_that_hide_the_menu_are_taken_away(standins: Running, menu: Menu) -> None:
    standins.control.page("1001", profile={"commands": [{"locale": "default", "commands": []}]})
    assert not messenger.has_menu(TOKEN, menu)

    messenger.set_menu(TOKEN, menu)

    assert messenger.has_menu(TOKEN, menu)


def test_leaving_a_page_takes_menu_and_subscription_along(standins: Running, menu: Menu) -> None:
    messenger.subscribe_page(TOKEN)
    messenger.set_menu(TOKEN, menu)

    messenger.leave_page(TOKEN)

    page = standins.control.page("1001")
    assert page["subscribed_fields"] is None
    assert page["profile"] == {}


def test_a_message_arrives_with_its_buttons(standins: Running) -> None:
    person = started(standins)

    receipt = messenger.send(
        TOKEN,
        person,
        Outgoing("Wirklich?", (Button("Ja", payload="yes"), Button("Nein", payload="no"))),
    )

    [said] = standins.control.received(CHAT)
    assert said["text"] == "Wirklich?"
    assert [button["payload"] for button in said["buttons"]] == ["yes", "no"]
    assert receipt.message_id == said["mid"]


def test_a_long_message_keeps_its_buttons_as_quick_replies(standins: Running) -> None:
    person = started(standins)

    messenger.send(TOKEN, person, Outgoing("x" * 1900, (Button("Ja", payload="yes"),)))

    [said] = standins.control.received(CHAT)
    assert said["quick_replies"] == [{"title": "Ja", "payload": "yes"}]


def test_a_long_message_says_in_its_text_where_its_buttons_lead(standins: Running) -> None:
    person, url = started(standins), "https://chatbo.example/receipt/1/"
    link = Button("Beleg ansehen", url=url)

    messenger.send(TOKEN, person, Outgoing("x" * 1900, (link,)))
    messenger.send(TOKEN, person, Outgoing("x" * 1990, (link, Button("Ja", payload="yes"))))

    short, full = standins.control.received(CHAT)
    assert short["text"] == "x" * 1900 + f"\n\nBeleg ansehen: {url}"
    assert not short.get("quick_replies")
    assert full["text"] == "x" * 1990, "Messenger takes 2000 characters"
    assert full["quick_replies"] == [{"title": "Ja", "payload": "yes"}]


def test_who_blocked_the_page_is_gone(standins: Running) -> None:
    person = started(standins)
    standins.control.block(CHAT)

    with pytest.raises(PersonGoneError):
        messenger.send(TOKEN, person, Outgoing("Hallo"))


def test_after_a_day_the_window_is_closed(standins: Running) -> None:
    person = started(standins)
    standins.control.let_pass(hours=25)

    with pytest.raises(WindowClosedError):
        messenger.send(TOKEN, person, Outgoing("Hallo"))


def test_a_restricted_page_is_no_dead_token(standins: Running) -> None:
    person = started(standins)
    standins.control.page("1001", restricted=True)

    with pytest.raises(PageRestrictedError):
        messenger.send(TOKEN, person, Outgoing("Hallo"))


@pytest.mark.parametrize(
    ("code", "subcode", "meaning"),
    [
        (190, 458, TokenDeadError),
        (10, 2018278, WindowClosedError),
        (10, 2534022, WindowClosedError),
        (551, None, PersonGoneError),
        (551, 1545041, PersonGoneError),
        (200, 1545041, PersonGoneError),
        (10, 2018108, PersonGoneError),
        (100, 2018001, PersonGoneError),
        (10, 1893063, PageRestrictedError),
        (368, None, PageRestrictedError),
        (10, None, NotPermittedError),
        (200, None, NotPermittedError),
        (230, None, NotPermittedError),
        (2018300, None, ThreadTakenError),
        (1, None, TemporaryError),
        (2, None, TemporaryError),
        (1200, None, TemporaryError),
        (100, None, OurFaultError),
        (99999, None, OurFaultError),
    ],
)
def test_each_error_is_known_for_what_can_be_done(
    standins: Running, code: int, subcode: int | None, meaning: type[PlatformError]
) -> None:
    plan: dict[str, Any] = {"code": code} | ({"subcode": subcode} if subcode else {})
    standins.control.fail("graph", "/messages", **plan)

    with pytest.raises(meaning) as raised:
        messenger.send(TOKEN, "1", Outgoing("Hallo"))

    assert raised.type is meaning
    assert raised.value.code == (f"{code}/{subcode}" if subcode else f"{code}")


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80006])
def test_a_rate_limit_says_when_to_come_back(standins: Running, code: int) -> None:
    standins.control.fail("graph", "/messages", code=code, retry_after=600)

    with pytest.raises(RateLimitedError) as raised:
        messenger.send(TOKEN, "1", Outgoing("Hallo"))

    assert raised.value.retry_after == timedelta(minutes=10)


@pytest.mark.parametrize("kind", ["drop", "lost"])
def test_a_lost_answer_may_have_been_carried_out(standins: Running, kind: str) -> None:
    person = started(standins)
    standins.control.fail("graph", "/messages", kind=kind)

    with pytest.raises(TemporaryError) as raised:
        messenger.send(TOKEN, person, Outgoing("Hallo"))

    assert raised.value.sent


def test_an_unreachable_platform_was_not_asked(settings: Any) -> None:
    settings.META_GRAPH_URL = "http://127.0.0.1:9"

    with pytest.raises(TemporaryError) as raised:
        messenger.identify(TOKEN)

    assert not raised.value.sent


def started(standins: Running) -> str:
    """A person who has written to the page; gives back their id there."""
    standins.control.write(CHAT, "Hallo")
    return standins.control.address(CHAT)
