"""What Meta tells the product's webhook, and how stubbornly."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from standins.client import Control, RefusedError
from standins.outbox import sign

CAFE = "messenger-1001"
ALL = ["messages", "messaging_postbacks", "messaging_referrals", "message_reads"]
Call = Callable[..., httpx.Response]


@pytest.fixture
def cafe(control: Control) -> Control:
    control.page("1001", subscribed_fields=ALL, profile={"get_started": {"payload": "START"}})
    return control


def test_the_signature_is_over_the_escaped_bytes(cafe: Control, listener: Any) -> None:
    cafe.write(CAFE, "Grüße an <Linde>/100% @home")
    assert cafe.settle()

    (heard,) = listener.heard
    assert heard.path == "/webhooks/meta/"
    assert heard.headers["X-Hub-Signature-256"] == sign("demo-app-secret", heard.body)
    escaped = rb"Gr\u00fc\u00dfe an \u003CLinde>\/100\u0025 \u0040home"
    assert escaped in heard.body
    anew = json.dumps(heard.json).encode()
    assert sign("demo-app-secret", anew) != heard.headers["X-Hub-Signature-256"]
    assert heard.event["message"]["text"] == "Grüße an <Linde>/100% @home"


def test_an_event_has_metas_shape(cafe: Control, listener: Any) -> None:
    cafe.tap(CAFE, "UNSUBSCRIBE", title="Abmelden")
    cafe.settle()

    (heard,) = listener.heard
    assert heard.json["object"] == "page"
    assert heard.json["entry"][0]["id"] == "1001"
    assert heard.event["sender"] == {"id": cafe.address(CAFE)}
    assert heard.event["recipient"] == {"id": "1001"}
    assert heard.event["timestamp"] > 1_700_000_000_000
    postback = heard.event["postback"]
    assert (postback["title"], postback["payload"]) == ("Abmelden", "UNSUBSCRIBE")
    assert postback["mid"].startswith("m_")


def test_each_act_has_its_event(cafe: Control, listener: Any) -> None:
    cafe.start(CAFE, ref="window")
    cafe.quick_reply(CAFE, "Ja", "YES")
    cafe.follow_link(CAFE, "poster")
    cafe.read(CAFE)
    cafe.settle()

    first, second, third, fourth = (heard.event for heard in listener.heard)
    assert first["postback"]["payload"] == "START"
    assert first["postback"]["referral"]["ref"] == "window"
    assert second["message"]["quick_reply"] == {"payload": "YES"}
    assert third["referral"] == {"ref": "poster", "source": "SHORTLINK", "type": "OPEN_THREAD"}
    assert "watermark" in fourth["read"]


def test_nobody_hears_of_a_page_without_subscription(control: Control, listener: Any) -> None:
    assert control.write(CAFE, "Hallo?") is None
    control.page("1001", subscribed_fields=["messages"])
    assert control.tap(CAFE, "X") is None
    assert control.write(CAFE, "Hallo!") is not None
    control.settle()
    assert len(listener.heard) == 1


def test_a_page_without_the_button_cannot_be_started(control: Control) -> None:
    with pytest.raises(RefusedError, match="409"):
        control.start(CAFE)


def test_what_fails_is_delivered_again_the_same(cafe: Control, listener: Any) -> None:
    listener.answers[:] = [500, 403]
    cafe.write(CAFE, "Hallo")
    assert cafe.settle()

    assert len(listener.heard) == 3
    assert len({heard.body for heard in listener.heard}) == 1
    assert cafe.deliveries()[0]["state"] == "delivered"


def test_only_200_is_good_enough(cafe: Control, listener: Any) -> None:
    listener.answers[:] = [202]
    cafe.write(CAFE, "Hallo")
    cafe.settle()
    assert len(listener.heard) == 2


def test_even_meta_gives_up(cafe: Control, listener: Any) -> None:
    listener.answers[:] = [500] * 9
    cafe.write(CAFE, "Hallo")
    assert cafe.settle()
    assert len(listener.heard) == 4
    assert cafe.deliveries()[0]["state"] == "given-up"


def test_later_events_overtake_a_failing_one(cafe: Control, listener: Any) -> None:
    listener.answers[:] = [500]
    cafe.write(CAFE, "eins")
    cafe.write(CAFE, "zwei")
    cafe.settle()
    texts = [heard.event["message"]["text"] for heard in listener.heard]
    assert texts == ["eins", "zwei", "eins"]


def test_the_same_bytes_come_twice_on_request(cafe: Control, listener: Any) -> None:
    delivery = cafe.write(CAFE, "Hallo")
    assert delivery is not None
    cafe.settle()
    cafe.again(delivery)
    cafe.settle()
    one, two = listener.heard
    assert one.body == two.body


def test_many_events_come_in_one_request(cafe: Control, listener: Any) -> None:
    deliveries = [cafe.write(CAFE, text) for text in ("eins", "zwei", "drei")]
    cafe.settle()
    cafe.batch([number for number in deliveries if number])
    cafe.settle()
    last = listener.heard[-1]
    assert len(last.json["entry"]) == 3
    assert last.headers["X-Hub-Signature-256"] == sign("demo-app-secret", last.body)


def test_a_page_hears_its_own_echo_if_it_asked(
    graph: Call, control: Control, listener: Any
) -> None:
    control.page("1001", subscribed_fields=["message_echoes", "message_deliveries"])
    control.write(CAFE, "Hallo")
    body = {"recipient": {"id": control.address(CAFE)}, "messaging_type": "RESPONSE"}
    answer = graph("POST", "/me/messages", body | {"message": {"text": "Guten Tag"}}).json()
    control.settle()

    echo, delivery = (heard.event for heard in listener.heard)
    assert echo["sender"] == {"id": "1001"}
    assert echo["message"]["is_echo"] is True
    assert echo["message"]["mid"] == answer["message_id"]
    assert delivery["delivery"]["mids"] == [answer["message_id"]]


def test_meta_verifies_the_webhook(control: Control, listener: Any) -> None:
    assert control.verify()["verified"] is True
    assert control.verify(token="guess")["status"] == 403


def test_a_deletion_callback_is_signed_and_names_the_app_scoped_id(
    control: Control, listener: Any
) -> None:
    assert control.signed_request(callback="data-deletion")["status"] == 200
    (heard,) = listener.heard
    assert heard.path == "/webhooks/meta/data-deletion/"
    signed = httpx.QueryParams(heard.body.decode())["signed_request"]
    assert signed.count(".") == 1
    assert "=" not in signed
