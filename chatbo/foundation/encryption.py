"""Encryption of fields and tokens, and blind indexes to find what is encrypted.

The keys are ``settings.FIELD_KEYS``, a ring with the newest first: it encrypts, all of them
decrypt. Fernet (AES-128-CBC with HMAC-SHA256) of the ``cryptography`` library.
"""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from cryptography.fernet import InvalidToken as FernetInvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models


class InvalidTokenError(Exception):
    """The token was forged, damaged, made for another purpose, or is too old."""


def encrypt(text: str) -> str:
    return _ring("field").encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    return _ring("field").decrypt(token.encode()).decode()


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
    return _ring(purpose).encrypt(json.dumps(data, separators=(",", ":")).encode()).decode()


def open_token(token: str, *, purpose: str, max_age: timedelta) -> dict[str, Any]:
    """The data of a token. Raises ``InvalidTokenError`` for anything but a genuine, fresh one."""
    try:
        text = _ring(purpose).decrypt(token.encode(), ttl=int(max_age.total_seconds()))
    except (FernetInvalidToken, ValueError) as error:
        raise InvalidTokenError from error
    data: dict[str, Any] = json.loads(text)
    return data


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # generic only in the stubs
    """Text that lies encrypted in the database. It cannot be searched; see ``blind_index``."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value if not value else decrypt(value)

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if not value else encrypt(value)


def _ring(purpose: str) -> MultiFernet:
    return _ring_of(tuple(settings.FIELD_KEYS), purpose)


@lru_cache(maxsize=32)
def _ring_of(keys: tuple[str, ...], purpose: str) -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(_derive(key, f"encrypt:{purpose}"))) for key in keys]
    )


@lru_cache(maxsize=64)
def _derive(key: str, info: str) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=None, info=info.encode()).derive(
        base64.urlsafe_b64decode(key)
    )


def _digest(key: str, value: str, purpose: str) -> str:
    return hmac.new(_derive(key, f"index:{purpose}"), value.encode(), hashlib.sha256).hexdigest()
