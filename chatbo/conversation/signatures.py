"""Whether it is Meta who speaks: the webhook's signature and the signed request of callbacks."""

import base64
import hashlib
import hmac
import json
from typing import Any

from django.conf import settings


class ForgedError(Exception):
    """Not signed with the app's secret."""


def check_signature(body: bytes, header: str) -> None:
    """Check ``X-Hub-Signature-256`` over the raw body, before anything reads it.

    Meta signs the bytes as sent, escapes and all. Raises ``ForgedError``.
    https://developers.facebook.com/docs/messenger-platform/webhooks#validate-payloads
    """
    expected = "sha256=" + _mac(body).hex()
    if not hmac.compare_digest(expected.encode(), header.encode()):
        raise ForgedError


def open_signed_request(text: str) -> dict[str, Any]:
    """The payload of a callback's ``signed_request``: ``<signature>.<payload>``, base64url.

    The signature is over the payload as encoded. Raises ``ForgedError``.
    https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback
    """
    signature, _, payload = text.partition(".")
    try:
        if not hmac.compare_digest(_decoded(signature), _mac(payload.encode())):
            raise ForgedError
        data = json.loads(_decoded(payload))
    except (ValueError, RecursionError) as error:
        raise ForgedError from error
    if not isinstance(data, dict) or str(data.get("algorithm")).upper() != "HMAC-SHA256":
        raise ForgedError
    return data


def _mac(message: bytes) -> bytes:
    secret = settings.META_APP_SECRET
    if not secret:
        raise ForgedError  # An empty secret would let everybody sign.
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
