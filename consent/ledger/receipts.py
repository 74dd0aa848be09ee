"""A record's receipt: its own address, and who finds the record behind it.

The address is the key. It holds the business's and the record's number and a MAC over the latter,
under a secret of the business's own (``ReceiptKey``): unguessable, leading to exactly one record,
and nothing is stored with a record. Why not a token under the ring: docs/decisions/receipts.md.
"""

import base64
import binascii
import hmac
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.urls import reverse

from chatbo.foundation.isolation import tenant_scope
from consent.ledger.errors import UnknownReceiptError
from consent.ledger.models import ConsentRecord, ReceiptKey

_MAC = 16
"""Bytes: 128 bits."""
_LENGTH = 64
"""Letters of an address's code: two numbers and the MAC, 48 bytes."""


def receipt_address(record: ConsentRecord) -> str:
    """Where whoever is given it reads the record's receipt. In its tenant's scope."""
    return f"{settings.BASE_URL}{reverse('receipt:show', args=[receipt_code(record)])}"


def receipt_code(record: ConsentRecord) -> str:
    key, _ = ReceiptKey.objects.get_or_create(tenant_id=record.tenant_id)
    data = record.tenant_id.bytes + record.pk.bytes + _mac(key, record.pk)
    return base64.urlsafe_b64encode(data).decode()


@contextmanager
def open_receipt(code: str) -> Iterator[ConsentRecord]:
    """The record behind an address, in its tenant's scope. Raises ``UnknownReceiptError``."""
    tenant_id, record_id, mac = _read(code)
    with tenant_scope(tenant_id):
        key = ReceiptKey.objects.first()
        if key is None or not hmac.compare_digest(_mac(key, record_id), mac):
            raise UnknownReceiptError
        record = ConsentRecord.objects.select_related("text_version").filter(pk=record_id).first()
        if record is None:
            raise UnknownReceiptError
        yield record


def _mac(key: ReceiptKey, record_id: uuid.UUID) -> bytes:
    return hmac.digest(key.secret.encode(), b"receipt" + record_id.bytes, "sha256")[:_MAC]


def _read(code: str) -> tuple[uuid.UUID, uuid.UUID, bytes]:
    if len(code) != _LENGTH or not code.isascii():
        raise UnknownReceiptError
    try:
        data = base64.b64decode(code, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnknownReceiptError from error
    return uuid.UUID(bytes=data[:16]), uuid.UUID(bytes=data[16:32]), data[32:]
