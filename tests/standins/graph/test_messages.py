"""The Send API refuses what Meta's refuses."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from standins.client import Control

CAFE = "messenger-1001"
Call = Callable[..., httpx.Response]


@pytest.fixture
def guest(control: Control) -> str:
    control.write(CAFE, "Hallo")
    return control.address(CAFE)


def text(recipient: str, **message: Any) -> dict[str, Any]:
    return {
        "recipient": {"id": recipient},
        "messaging_type": "RESPONSE",
        "message": {"text": "Guten Tag", **message},
    }


def template(**payload: Any) -> dict[str, Any]:
    button = {"type": "postback", "title": "Ja", "payload": "YES"}
    whole = {"template_type": "button", "text": "Wirklich?", "buttons": [button], **payload}
    return {"attachment": {"type": "template", "payload": whole}}


def reply(**values: str) -> dict[str, str]:
    return {"content_type": "text", "title": "Ja", "payload": "YES", **values}


def assert_refused(response: httpx.Response, code: int, subcode: int | None = None) -> None:
    assert response.status_code == 400
    error = response.json()["error"]
    assert (error["code"], error.get("error_subcode")) == (code, subcode)
    assert all(error[name] for name in ("message", "type", "fbtrace_id"))


def test_a_message_reaches_the_person(graph: Call, control: Control, guest: str) -> None:
    response = graph("POST", "/me/messages", text(guest))

    assert response.status_code == 200
    assert response.json()["recipient_id"] == guest
    assert response.json()["message_id"].startswith("m_")
    assert [message["text"] for message in control.received(CAFE)] == ["Guten Tag"]


def test_the_page_may_be_named_by_its_id(graph: Call, guest: str) -> None:
    assert graph("POST", "/1001/messages", text(guest)).status_code == 200
    assert_refused(graph("POST", "/2002/messages", text(guest)), 100, 33)


def test_a_form_may_carry_json(graph: Call, standins: Any, guest: str) -> None:
    response = httpx.post(
        f"{standins.graph_url}/v26.0/me/messages",
        data={
            "access_token": "page-token-1001",
            "messaging_type": "RESPONSE",
            "recipient": f'{{"id": "{guest}"}}',
            "message": '{"text": "Hallo"}',
        },
        trust_env=False,
    )
    assert response.status_code == 200


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"text": "x" * 2001}, id="text over 2000"),
        pytest.param({"text": ""}, id="empty text"),
        pytest.param({}, id="nothing to say"),
        pytest.param({"text": "x", **template()}, id="text and attachment"),
        pytest.param({"text": "x", "colour": "red"}, id="unknown key"),
        pytest.param({"text": "x", "quick_replies": [reply()] * 14}, id="14 quick replies"),
        pytest.param({"text": "x", "quick_replies": []}, id="no quick replies"),
        pytest.param({"text": "x", "quick_replies": [reply(title="x" * 21)]}, id="long title"),
        pytest.param({"text": "x", "quick_replies": [reply(payload="x" * 1001)]}, id="payload"),
        pytest.param(template(text="x" * 641), id="button text over 640"),
        pytest.param(template(buttons=[]), id="no buttons"),
        pytest.param(
            template(buttons=[{"type": "postback", "title": "x", "payload": "x"}] * 4),
            id="four buttons",
        ),
        pytest.param(
            template(buttons=[{"type": "postback", "title": "x" * 21, "payload": "x"}]),
            id="long button title",
        ),
        pytest.param(
            template(buttons=[{"type": "web_url", "title": "x", "url": "javascript:1"}]),
            id="no web address",
        ),
    ],
)
def test_a_malformed_message_is_refused(
    graph: Call, control: Control, guest: str, message: dict[str, Any]
) -> None:
    body = text(guest) | {"message": message}

    assert_refused(graph("POST", "/me/messages", body), 100)
    assert control.received(CAFE) == []


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"text": "ä" * 2000}, id="text of 2000"),
        pytest.param({"text": "x", "quick_replies": [reply(title="x" * 20)] * 13}, id="13 replies"),
        pytest.param(template(text="x" * 640), id="button text of 640"),
    ],
)
def test_what_just_fits_is_taken(graph: Call, guest: str, message: dict[str, Any]) -> None:
    response = graph("POST", "/me/messages", text(guest) | {"message": message})
    assert response.status_code == 200


def test_the_window_closes_after_a_day_and_opens_with_the_next_word(
    graph: Call, control: Control, guest: str
) -> None:
    control.let_pass(hours=23.9)
    assert graph("POST", "/me/messages", text(guest)).status_code == 200

    control.let_pass(hours=0.2)
    assert_refused(graph("POST", "/me/messages", text(guest)), 10, 2018278)

    control.write(CAFE, "Noch da?")
    assert graph("POST", "/me/messages", text(guest)).status_code == 200


def test_reading_opens_no_window(graph: Call, control: Control, guest: str) -> None:
    control.let_pass(hours=25)
    control.read(CAFE)
    assert_refused(graph("POST", "/me/messages", text(guest)), 10, 2018278)


def test_a_human_has_a_week(graph: Call, control: Control, guest: str) -> None:
    body = text(guest) | {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    control.let_pass(hours=6 * 24)
    assert graph("POST", "/me/messages", body).status_code == 200
    control.let_pass(hours=25)
    assert_refused(graph("POST", "/me/messages", body), 10, 2018278)


@pytest.mark.parametrize(
    "tag", ["CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE", "ANYTHING", None]
)
def test_other_tags_are_gone(graph: Call, guest: str, tag: str | None) -> None:
    body = text(guest) | {"messaging_type": "MESSAGE_TAG", "tag": tag}
    assert_refused(graph("POST", "/me/messages", body), 100)


def test_a_message_needs_its_type(graph: Call, guest: str) -> None:
    body = text(guest)
    del body["messaging_type"]
    assert_refused(graph("POST", "/me/messages", body), 100)


def test_nobody_is_written_to_who_has_not_written(graph: Call, control: Control) -> None:
    stranger = control.address(CAFE, person=2)
    assert_refused(graph("POST", "/me/messages", text(stranger)), 100, 2018001)
    assert_refused(graph("POST", "/me/messages", text("4711")), 100, 2018001)


def test_a_person_has_another_id_on_each_page(graph: Call, control: Control, guest: str) -> None:
    control.write("messenger-2002", "Hallo")
    assert control.address("messenger-2002") != guest
    assert_refused(
        graph("POST", "/me/messages", text(guest), token="page-token-2002"), 100, 2018001
    )


def test_a_blocked_page_reaches_nobody(graph: Call, control: Control, guest: str) -> None:
    control.block(CAFE)
    assert_refused(graph("POST", "/me/messages", text(guest)), 551, 1545041)
    control.unblock(CAFE)
    assert graph("POST", "/me/messages", text(guest)).status_code == 200


def test_a_restricted_page_may_not_send(graph: Call, control: Control, guest: str) -> None:
    control.page("1001", restricted=True)
    assert_refused(graph("POST", "/me/messages", text(guest)), 10, 1893063)


def test_typing_is_an_action_without_a_message(graph: Call, control: Control, guest: str) -> None:
    body = {"recipient": {"id": guest}, "sender_action": "typing_on"}
    assert graph("POST", "/me/messages", body).json() == {"recipient_id": guest}
    assert_refused(graph("POST", "/me/messages", body | {"sender_action": "dance"}), 100)
    assert_refused(graph("POST", "/me/messages", body | {"message": {"text": "x"}}), 100)
    assert control.received(CAFE) == []
