"""The platforms' way in: who may, what is stored, and how fast it is answered."""

import time
from typing import Any

import pytest
from django.test import Client
from kombu.exceptions import OperationalError

from chatbo.celery import app
from chatbo.conversation.models import IncomingEvent
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.jobs.sweep import sweep
from tenants.bots.models import Channel
from tests.chatbo.conversation.conftest import Commit, Phone, as_meta_writes, signed

WEBHOOK = "/webhooks/meta/"


def message(text: str = "Hallo", *, page: str = "1001", mid: str = "m_1") -> dict[str, Any]:
    return {
        "object": "page",
        "entry": [
            {
                "id": page,
                "time": 1,
                "messaging": [
                    {
                        "sender": {"id": "24000000000000001"},
                        "recipient": {"id": page},
                        "timestamp": 1795500000000,
                        "message": {"mid": mid, "text": text},
                    }
                ],
            }
        ],
    }


def post(client: Client, value: Any, *, signature: str | None = None) -> Any:
    body = value if isinstance(value, bytes) else as_meta_writes(value)
    return client.post(
        WEBHOOK,
        body,
        content_type="application/json",
        headers={"X-Hub-Signature-256": signed(body) if signature is None else signature},
    )


def stored() -> int:
    with platform_scope("test: count events"):
        return IncomingEvent.objects.count()


def test_a_signed_message_is_stored_and_answered_at_once(
    client: Client, channel: Channel, queue: list[Any], commit: Commit
) -> None:
    with commit():
        response = post(client, message("Schöne Grüße / @ <b>"))

    assert response.status_code == 200
    assert stored() == 1
    assert [name for name, *_ in queue] == ["conversation.handle_event"]
    assert all("Grüße" not in str(call) for call in queue), "task arguments are ids"


@pytest.mark.parametrize(
    "signature", ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc", "sha256=ü", signed(b"other")]
)
def test_a_wrong_signature_is_refused_and_nothing_stored(
    client: Client, channel: Channel, signature: str
) -> None:
    assert post(client, message(), signature=signature).status_code == 403
    assert stored() == 0


def test_the_signature_is_over_the_bytes_and_not_over_their_meaning(
    client: Client, channel: Channel
) -> None:
    import json

    body = as_meta_writes(message("a/b"))
    rewritten = json.dumps(json.loads(body)).encode()

    assert post(client, rewritten, signature=signed(body)).status_code == 403


def test_without_a_secret_nobody_is_believed(
    client: Client, channel: Channel, settings: Any
) -> None:
    settings.META_APP_SECRET = ""

    assert (
        post(client, message(), signature=signed(as_meta_writes(message()), "")).status_code == 403
    )


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[]",
        b'{"object":"whatsapp_business_account","entry":[]}',
        b'{"object":"page"}',
        b'{"object":"page","entry":[{"id":"1001","messaging":[{"new":"thing"}]}]}',
        b'{"object":"page","entry":[{"id":"1001","standby":[{}]}]}',
        b'{"object":"page","entry":[{"id":1001,"messaging":[]}]}',
    ],
)
def test_what_is_not_known_is_passed_over(client: Client, channel: Channel, body: bytes) -> None:
    assert post(client, body).status_code == 200
    assert stored() == 0


@pytest.mark.parametrize(
    "event",
    [
        {"message": {"mid": "m", "text": "x", "is_echo": True}},
        {"delivery": {"mids": ["m"], "watermark": 1}},
        {"read": {"watermark": 1}},
        {"reaction": {"mid": "m", "emoji": "x"}},
    ],
)
def test_echoes_deliveries_and_reads_are_passed_over(
    client: Client, channel: Channel, event: dict[str, Any]
) -> None:
    value = message()
    [part] = value["entry"][0]["messaging"]
    del part["message"]
    part |= event

    assert post(client, value).status_code == 200
    assert stored() == 0


def test_an_unreadable_part_does_not_hide_its_neighbours(client: Client, channel: Channel) -> None:
    value = message()
    value["entry"][0]["messaging"].insert(0, {"sender": "nobody"})

    assert post(client, value).status_code == 200
    assert stored() == 1


def test_the_same_message_twice_is_stored_once(
    client: Client, channel: Channel, queue: list[Any], commit: Commit
) -> None:
    with commit():
        post(client, message())
        post(client, message())

    assert stored() == 1
    assert len(queue) == 1


def test_a_batch_over_several_pages_reaches_each_tenant(
    client: Client, cafe: Any, channel: Channel, dentist: Any, standins: Any
) -> None:
    from tenants.bots.bots import create_bot
    from tenants.bots.channels import connect_messenger
    from tests.chatbo.conversation.conftest import MENU

    with dentist.scope():
        connect_messenger(create_bot(name="Linde"), token="page-token-2002", menu=MENU)
    value = message()
    value["entry"] += message(page="2002", mid="m_2")["entry"]

    post(client, value)

    for business in (cafe, dentist):
        with business.scope():
            assert IncomingEvent.objects.count() == 1


def test_a_page_that_nobody_has_is_passed_over(client: Client, channel: Channel) -> None:
    assert post(client, message(page="9999")).status_code == 200
    assert stored() == 0


def test_a_huge_body_is_refused(client: Client, channel: Channel) -> None:
    assert post(client, message("x" * 1_000_000)).status_code == 413
    assert post(client, message("x" * 3_000_000)).status_code == 413
    assert stored() == 0


def test_with_redis_away_it_is_200_quickly_and_the_sweep_finds_it(
    client: Client,
    cafe: Any,
    phone: Phone,
    commit: Commit,
    monkeypatch: pytest.MonkeyPatch,
    queue: list[Any],
) -> None:
    phone.standins.control.write(phone.chat, "wann?")
    body = phone.last_body()
    monkeypatch.undo()  # the real queue again, and then a port where no Redis is
    with app.connection_for_write("redis://127.0.0.1:9/0") as dead:
        monkeypatch.setattr(app, "connection_for_write", lambda *args, **options: dead.clone())
        monkeypatch.setattr(app, "amqp", type(app.amqp)(app))
        began = time.monotonic()
        with pytest.raises(OperationalError):  # the queue is dead indeed
            sweep.delay()
        with commit():
            response = post(client, body)
    took = time.monotonic() - began
    monkeypatch.undo()

    assert response.status_code == 200
    assert took < 2

    woken: list[Any] = []
    from celery import Task

    monkeypatch.setattr(
        Task, "apply_async", lambda task, args=(), *a, **k: woken.append((task, args))
    )
    sweep()
    while woken:
        task, args = woken.pop(0)
        with commit():
            task(*args)
    assert phone.received()[1] == "Täglich von 8 bis 18 Uhr."


def test_meta_gets_its_challenge_back_bare(client: Client, settings: Any, db: None) -> None:
    query = {
        "hub.mode": "subscribe",
        "hub.verify_token": settings.META_VERIFY_TOKEN,
        "hub.challenge": "1158201444",
    }

    response = client.get(WEBHOOK, query)

    assert (response.status_code, response.content) == (200, b"1158201444")
    for name, value in [
        ("hub.verify_token", "wrong"),
        ("hub.mode", "unsubscribe"),
        ("hub.challenge", "<script>"),
    ]:
        assert client.get(WEBHOOK, query | {name: value}).status_code == 403
    settings.META_VERIFY_TOKEN = ""
    assert client.get(WEBHOOK, query | {"hub.verify_token": ""}).status_code == 403


def test_telegram_needs_its_secret(
    client: Client, telegram_channel: Channel, settings: Any
) -> None:
    url = f"/webhooks/telegram/{telegram_channel.pk}/"
    update = {
        "update_id": 1,
        "message": {"date": 1795500000, "chat": {"id": 7, "type": "private"}, "text": "Hallo"},
    }

    for secret in ["", "wrong", "ü"]:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        response = client.post(url, update, content_type="application/json", headers=headers)
        assert response.status_code == 403
    assert stored() == 0

    headers = {"X-Telegram-Bot-Api-Secret-Token": telegram_channel.webhook_secret}
    for _ in range(2):
        response = client.post(url, update, content_type="application/json", headers=headers)
        assert response.status_code == 200
    assert stored() == 1


def test_telegrams_unknown_channels_look_like_wrong_secrets(client: Client, db: None) -> None:
    url = "/webhooks/telegram/01a20be9-979c-7eaf-bf86-ca895c664d6e/"

    assert client.post(url, {}, content_type="application/json").status_code == 403


def test_groups_are_not_listened_to(client: Client, telegram_channel: Channel) -> None:
    update = {
        "update_id": 1,
        "message": {"date": 1795500000, "chat": {"id": -7, "type": "group"}, "text": "Hallo"},
    }
    headers = {"X-Telegram-Bot-Api-Secret-Token": telegram_channel.webhook_secret}
    url = f"/webhooks/telegram/{telegram_channel.pk}/"

    assert client.post(url, update, "application/json", headers=headers).status_code == 200
    assert stored() == 0
