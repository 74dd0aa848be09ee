"""What Meta posts to its callbacks, as it signs it."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

from django.test import Client

SECRET = "demo-app-secret"
DELETION, DEAUTHORIZE = "/webhooks/meta/data-deletion/", "/webhooks/meta/deauthorize/"


def signed_request(user_id: Any = "10220000000000001", **facts: Any) -> str:
    """``facts``: what differs from Meta's usual words; ``None`` leaves one out."""
    now = int(time.time())
    words = {
        "algorithm": "HMAC-SHA256",
        "issued_at": now,
        "expires": now + 3600,
        "user_id": user_id,
        **facts,
    }
    return signed_text(json.dumps({name: v for name, v in words.items() if v is not None}))


def signed_text(text: str | bytes, *, secret: str = SECRET) -> str:
    payload = base64url(text.encode() if isinstance(text, str) else text)
    mac = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()
    return f"{base64url(mac)}.{payload}"


def base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def meta_posts(client: Client, said: str, address: str = DELETION) -> Any:
    """By a form, as Meta does."""
    return client.post(
        address,
        urlencode({"signed_request": said}),
        content_type="application/x-www-form-urlencoded",
    )
