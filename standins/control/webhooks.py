"""What goes out to the product: deliveries, repetitions, verification, signed callbacks."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any
from urllib.parse import urlencode

from standins.control.access import ControlCall
from standins.control.errors import ControlError
from standins.graph import events
from standins.outbox import META_WEBHOOK, fetch
from standins.store import Row

CALLBACKS = ("data-deletion", "deauthorize")


def deliveries(call: ControlCall) -> dict[str, Any]:
    rows = call.world.store.rows("SELECT * FROM deliveries ORDER BY id")
    for row in rows:
        row["body"] = json.loads(row["body"])
    return {"deliveries": rows}


def again(call: ControlCall) -> dict[str, Any]:
    """The same bytes once more: those of ``delivery``, or the last of the chat."""
    return {"delivery": call.world.outbox.again(_delivery(call)["id"])}


def batch(call: ControlCall) -> dict[str, Any]:
    """Several of Meta's events in one request, as after an outage."""
    rows = [
        row
        for number in call.params.get("deliveries", [])
        if (row := call.world.store.row("SELECT * FROM deliveries WHERE id = ?", number))
    ]
    if not rows or any(row["platform"] != "messenger" for row in rows):
        raise ControlError("deliveries must name some of Messenger's.")
    return {"delivery": events.batch(call.world, rows)}


def _delivery(call: ControlCall) -> Row:
    if "delivery" in call.params:
        row = call.world.store.row("SELECT * FROM deliveries WHERE id = ?", call.params["delivery"])
    else:
        thread = call.thread()
        row = call.world.store.row(
            "SELECT * FROM deliveries WHERE platform = ? AND place = ? ORDER BY id DESC LIMIT 1",
            thread.platform,
            thread.place,
        )
    if row is None:
        raise ControlError("Nothing was delivered yet.", 404)
    return row


def settle(call: ControlCall) -> dict[str, bool]:
    """Wait until nothing is on its way to the product."""
    return {"settled": call.world.outbox.settled(min(call.number("seconds", 10), 60))}


def verify(call: ControlCall) -> dict[str, Any]:
    """Meta's GET when a webhook's address is entered: does it give the challenge back?"""
    challenge = str(secrets.randbelow(2**31))
    query = urlencode(
        {
            "hub.mode": call.text("mode", "subscribe"),
            "hub.verify_token": call.text("token", call.world.config.verify_token),
            "hub.challenge": challenge,
        }
    )
    url = f"{call.world.config.webhook.rstrip('/')}{META_WEBHOOK}?{query}"
    status, body, problem = fetch("GET", url, {}, None, patience=call.world.config.patience)
    text = body.decode(errors="replace")
    verified = status == 200 and text == challenge
    return {"verified": verified, "status": status, "body": text, "problem": problem}


def signed_request(call: ControlCall) -> dict[str, Any]:
    """Meta's callback when somebody removes the app, or asks for the deletion of their data."""
    callback = call.text("callback", CALLBACKS[0])
    if callback not in CALLBACKS:
        raise ControlError(f"callback must be one of {', '.join(CALLBACKS)}.")
    person = call.world.store.row(
        "SELECT asid FROM persons WHERE id = ?", call.params.get("person", 1)
    )
    if person is None:
        raise ControlError("No such person", 404)
    # The product's time, which does not pass with the stand-ins': it takes no letter of tomorrow's.
    now = int(time.time())
    payload = _base64url(
        json.dumps(
            {
                "algorithm": "HMAC-SHA256",
                "issued_at": now,
                "expires": now + 3600,
                "user_id": person["asid"],
            }
        ).encode()
    )
    secret = call.text("secret", call.world.config.app_secret)
    mac = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()
    body = urlencode({"signed_request": f"{_base64url(mac)}.{payload}"}).encode()
    status, answer, problem = fetch(
        "POST",
        f"{call.world.config.webhook.rstrip('/')}{META_WEBHOOK}{callback}/",
        {"Content-Type": "application/x-www-form-urlencoded"},
        body,
        patience=call.world.config.patience,
    )
    return {"status": status, "body": answer.decode(errors="replace"), "problem": problem}


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
