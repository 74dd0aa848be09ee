"""The ring of keys: Fernet (AES-128-CBC with HMAC-SHA256) of the ``cryptography`` library.

A key for each purpose is derived from each key of the ring (HKDF, RFC 5869), so that a token
made for one purpose says nothing to another.
"""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.MEMORY, __name__, NoPersonalData("Ciphers, by their keys."))

OLD_KEYS_STAY = timedelta(days=30)
"""How long a key stays in the ring after another became the newest one everywhere.

Whatever carries a key and cannot be put under another must be worthless by then: tokens in
addresses, digests whose value nobody keeps.
"""


class InvalidTokenError(Exception):
    """The token was forged, damaged, made for another purpose, or is too old."""


class UnreadableError(Exception):
    """No key of the ring opens what lies in a column: its key is gone, or the text is damaged.

    It names the place and never what lies there. A template shows nothing in its stead, so that
    one row does not take a whole page away; whoever reads the row logs it first.
    """

    silent_variable_failure = True

    def __init__(self, table: str = "", column: str = "", row: object = None) -> None:
        self.table, self.column, self.row = table, column, row
        place = f"{table}.{column} of row {row}" if table else "A text"
        super().__init__(f"{place} opens with no key of FIELD_KEYS.")


def encrypt(text: str) -> str:
    return _keys("field")[0].encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text again. Raises ``UnreadableError`` where no key of the ring opens it."""
    return opened(token)[0]


def opened(token: str) -> tuple[str, int]:
    """The text, and the place of its key in the ring: 0 is the newest.

    Raises ``UnreadableError`` where no key of the ring opens it.
    """
    for place, key in enumerate(_keys("field")):
        try:
            return key.decrypt(token.encode()).decode(), place
        except InvalidToken:
            continue
    raise UnreadableError


def encrypt_under(key: bytes, text: str, *, purpose: str) -> str:
    """The same under a key of another ring, for what outlasts the keys of this one."""
    return _cipher(key, purpose).encrypt(text.encode()).decode()


def decrypt_under(key: bytes, token: str, *, purpose: str) -> str:
    """Raises ``UnreadableError`` for whatever was not made with this key for this purpose."""
    try:
        return _cipher(key, purpose).decrypt(token.encode()).decode()
    except InvalidToken:
        raise UnreadableError from None


def blind_index(value: str, *, purpose: str) -> str:
    """A keyed digest (HMAC-SHA256, hex) under which an encrypted value can be found exactly.

    Different purposes give different digests, so that two tables cannot be joined by them.
    """
    return _digest(settings.FIELD_KEYS[0], value, purpose)


def blind_indexes(value: str, *, purpose: str) -> list[str]:
    """The digests under every key of the ring: look up with ``__in`` while keys are rotated."""
    return [_digest(key, value, purpose) for key in settings.FIELD_KEYS]


def seal_token(data: dict[str, Any], *, purpose: str) -> str:
    """Encrypt data into an address: nobody can read or alter it, and nothing is stored here."""
    return _keys(purpose)[0].encrypt(json.dumps(data, separators=(",", ":")).encode()).decode()


def open_token(token: str, *, purpose: str, max_age: timedelta) -> dict[str, Any]:
    """The data of a token. Raises ``InvalidTokenError`` for anything but a genuine, fresh one.

    ``max_age`` may not outlast an old key (``OLD_KEYS_STAY``), or links would die of a rotation.
    """
    if max_age > OLD_KEYS_STAY:
        raise ValueError(f"A token may not live longer than an old key: {OLD_KEYS_STAY}.")
    ring = MultiFernet(_keys(purpose))
    try:
        text = ring.decrypt(token.encode(), ttl=int(max_age.total_seconds()))
    except (InvalidToken, ValueError) as error:
        raise InvalidTokenError from error
    data: dict[str, Any] = json.loads(text)
    return data


def sealed_at(token: str, *, purpose: str) -> datetime:
    """When a token was sealed, to the second. Raises ``InvalidTokenError`` for a forged one."""
    try:
        seconds = MultiFernet(_keys(purpose)).extract_timestamp(token.encode())
    except (InvalidToken, ValueError) as error:
        raise InvalidTokenError from error
    return datetime.fromtimestamp(seconds, UTC)


def _keys(purpose: str) -> tuple[Fernet, ...]:
    return _keys_of(tuple(settings.FIELD_KEYS), purpose)


@lru_cache(maxsize=32)
def _keys_of(keys: tuple[str, ...], purpose: str) -> tuple[Fernet, ...]:
    return tuple(_cipher(base64.urlsafe_b64decode(key), purpose) for key in keys)


def _cipher(key: bytes, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derive_from(key, f"encrypt:{purpose}")))


@lru_cache(maxsize=64)
def _derive(key: str, info: str) -> bytes:
    return _derive_from(base64.urlsafe_b64decode(key), info)


def _derive_from(key: bytes, info: str) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=None, info=info.encode()).derive(key)


def _digest(key: str, value: str, purpose: str) -> str:
    return hmac.new(_derive(key, f"index:{purpose}"), value.encode(), hashlib.sha256).hexdigest()
