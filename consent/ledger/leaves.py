"""What a consent record is to the tree: one hash, of two halves that do not need each other.

    leaf = H(00 | H(salt, body) | H(salt, identity))

The body says what was decided, the identity by whom. Without its salt nobody can try identifiers
until one fits: once the identity is deleted, the leaf still proves the body, and finds no person.
``static/verify/chatbo-verify.py`` says the same without this product.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from consent.ledger.merkle import leaf_hash

Row = Any
"""A ``ConsentRecord``, or its bare columns by name: a million of them are looked at in one run."""

SALT = 32
"""Bytes."""
NOBODY = bytes(32)
"""In place of the identity's hash, where a record makes no person."""

_encoded = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def body_of(record: Row, text_sha256: str) -> dict[str, Any]:
    """All that a record says, by names that do not change. ``v`` is the form of this very table."""
    return {
        "v": 1,
        "id": str(record.id),
        "controller": record.controller,
        "corrects": str(record.corrects_id) if record.corrects_id else None,
        "decision": record.decision,
        "form": record.form_sha256 or None,
        "given_at": _moment(record.given_at),
        "language": record.language,
        "network": record.network,
        "place": record.place,
        "purpose": record.purpose,
        "received_at": _moment(record.received_at),
        "shown_at": _moment(record.shown_at) if record.shown_at else None,
        "source": record.source,
        "subject": str(record.subject_id),
        "tenant": str(record.tenant_id),
        "text": text_sha256,
        "way": record.way,
    }


def canonical(body: dict[str, Any]) -> bytes:
    """As bytes in one way only: keys sorted, no spaces, UTF-8."""
    return _encoded(body).encode()


def body_hash(record: Row, text_sha256: str) -> bytes:
    return salted(record.salt, canonical(body_of(record, text_sha256)))


def identity_hash(salt: bytes | memoryview, identifier: str) -> bytes:
    return salted(salt, identifier.encode())


def leaf_of(body: bytes, identity: bytes) -> bytes:
    """From the hashes of both halves."""
    return leaf_hash(body + identity)


def salted(salt: bytes | memoryview, data: bytes) -> bytes:
    return hashlib.sha256(bytes(salt) + data).digest()


def _moment(at: datetime | str) -> str:
    """Bare columns have it in this form already (``reading``)."""
    return at if isinstance(at, str) else at.astimezone(UTC).isoformat(timespec="microseconds")
