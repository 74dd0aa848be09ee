"""Whether it is Meta who speaks: the webhook's signature and the signed request of callbacks."""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from consent.erasure.request_models import GENUINE_FOR

AHEAD = timedelta(minutes=5)
"""How far Meta's clock may be ahead of ours."""
LONGEST_REQUEST = 4_000
"""Letters; Meta's have some 250."""

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+={0,2}")
_NUMBER = re.compile(r"[0-9]{1,32}")


class ForgedError(Exception):
    """Not signed with the app's secret, or not what Meta signs, or not now."""


@dataclass(frozen=True)
class SignedRequest:
    """What Meta says in a callback."""

    user_id: str
    """Facebook's number of the person for our app: no page knows them by it."""
    words: str
    """What was signed. The signature could be spelled in other ways, this in none."""


def check_signature(body: bytes, header: str) -> None:
    """Check ``X-Hub-Signature-256`` over the raw body, before anything reads it.

    Meta signs the bytes as sent, escapes and all. Raises ``ForgedError``.
    https://developers.facebook.com/docs/messenger-platform/webhooks#validate-payloads
    """
    expected = "sha256=" + _mac(body).hex()
    if not hmac.compare_digest(expected.encode(), header.encode()):
        raise ForgedError


def open_signed_request(text: str) -> SignedRequest:
    """What a callback's ``signed_request`` says: ``<signature>.<payload>``, each base64url.

    The signature is over the payload as encoded. Raises ``ForgedError`` for whatever else comes:
    another algorithm, a time to come, one older than ``GENUINE_FOR`` or past its own end.
    https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback
    """
    signature, _, payload = text.partition(".")
    if len(text) > LONGEST_REQUEST or not all(map(_BASE64URL.fullmatch, (signature, payload))):
        raise ForgedError
    try:
        if not hmac.compare_digest(_decoded(signature), _mac(payload.encode())):
            raise ForgedError
        facts = json.loads(_decoded(payload), object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise ForgedError from error
    if not isinstance(facts, dict) or facts.get("algorithm") != "HMAC-SHA256":
        raise ForgedError
    user_id = facts.get("user_id")
    if not isinstance(user_id, str) or not _NUMBER.fullmatch(user_id):
        raise ForgedError
    _refuse_untimely(facts)
    return SignedRequest(user_id, payload)


def _refuse_untimely(facts: dict[str, Any]) -> None:
    now = timezone.now()
    issued = _moment(facts.get("issued_at"))
    if not now - GENUINE_FOR <= issued <= now + AHEAD:
        raise ForgedError
    # 0: without an end of its own.
    if facts.get("expires", 0) != 0 and _moment(facts["expires"]) < now:
        raise ForgedError


def _moment(seconds: Any) -> datetime:
    if type(seconds) is not int:  # True is none.
        raise ForgedError
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ForgedError from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ForgedError
    return found


def _mac(message: bytes) -> bytes:
    secret = settings.META_APP_SECRET
    if not secret:
        raise ForgedError  # An empty secret would let everybody sign.
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
