"""Failing on request: refusals, delays, and answers that never come."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from standins.client import Control, RefusedError

CAFE, BOT = "messenger-1001", "telegram-123456"
Call = Callable[..., httpx.Response]


@pytest.fixture
def send(graph: Call, control: Control) -> Callable[[], httpx.Response]:
    control.write(CAFE, "Hallo")
    body = {
        "recipient": {"id": control.address(CAFE)},
        "messaging_type": "RESPONSE",
        "message": {"text": "Guten Tag"},
    }
    return lambda: graph("POST", "/me/messages", body)


def test_the_next_calls_fail_and_then_no_more(send: Any, control: Control) -> None:
    control.fail("graph", "messages", count=2, code=2)
    first, second, third = send(), send(), send()
    assert (first.status_code, second.status_code, third.status_code) == (500, 500, 200)
    assert first.json()["error"]["is_transient"] is True
    assert len(control.received(CAFE)) == 1


def test_only_what_matches_fails(send: Any, graph: Call, control: Control) -> None:
    control.fail("graph", "subscribed_apps", code=200)
    assert send().status_code == 200
    assert graph("GET", "/me/subscribed_apps").json()["error"]["code"] == 200


def test_an_answer_can_get_lost_after_all_was_done(send: Any, control: Control) -> None:
    control.fail("graph", "messages", kind="lost")
    with pytest.raises(httpx.RemoteProtocolError):
        send()
    assert len(control.received(CAFE)) == 1
    assert control.calls("graph", "messages")[-1]["status"] is None


def test_a_connection_can_be_cut_before_anything_was_done(send: Any, control: Control) -> None:
    control.fail("graph", "messages", kind="drop")
    with pytest.raises(httpx.RemoteProtocolError):
        send()
    assert control.received(CAFE) == []


def test_a_call_can_be_held_before_it_is_cut(send: Any, control: Control) -> None:
    control.fail("graph", "messages", kind="drop", seconds=0.3)
    assert control.failures_to_come() == 1
    begun = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError):
        send()
    assert time.monotonic() - begun >= 0.3
    assert control.failures_to_come() == 0
    assert control.received(CAFE) == []


def test_an_answer_can_be_late(send: Any, control: Control) -> None:
    control.fail("graph", "messages", kind="slow", seconds=0.3)
    begun = time.monotonic()
    assert send().status_code == 200
    assert time.monotonic() - begun >= 0.3


def test_telegram_can_ask_for_patience(telegram: Call, control: Control) -> None:
    control.fail("telegram", "sendMessage", code=429, retry_after=7)
    response = telegram("sendMessage", chat_id="1", text="x")
    assert response.status_code == 429
    assert response.json()["parameters"] == {"retry_after": 7}


def test_rate_limits_say_when_to_come_back(send: Any, control: Control) -> None:
    control.fail("graph", "messages", code=613, subcode=2018338)
    response = send()
    assert response.json()["error"]["error_subcode"] == 2018338
    assert "X-App-Usage" in response.headers


def test_failures_can_be_called_off(send: Any, control: Control) -> None:
    control.fail("graph", count=99, code=1)
    control.stop_failing()
    assert send().status_code == 200


def test_every_call_is_on_record_without_its_secrets(
    send: Any, telegram: Call, control: Control
) -> None:
    send()
    telegram("setWebhook", url="https://bot.example/", secret_token="Secret_1")
    sent, hooked = control.calls()
    assert (sent["api"], sent["verb"], sent["place"], sent["status"]) == (
        "graph",
        "POST",
        "1001",
        200,
    )
    assert sent["params"]["message"] == {"text": "Guten Tag"}
    assert hooked["path"] == "/setWebhook"
    assert "token" not in str(sent)
    assert "Secret_1" not in str(hooked)


def test_a_foreign_page_cannot_steer_the_stand_ins(standins: Any) -> None:
    """What a form or a simple fetch of another origin could send is refused."""
    url = f"{standins.url}/control/reset"
    assert httpx.post(url, data={"a": "b"}, trust_env=False).status_code == 415
    assert httpx.post(url, content=b"{}", trust_env=False).status_code == 415


def test_what_does_not_exist_is_said_so(control: Control) -> None:
    with pytest.raises(RefusedError, match="No such chat"):
        control.view("messenger-9999")
    with pytest.raises(RefusedError, match="No such person"):
        control.view(CAFE, person=99)
