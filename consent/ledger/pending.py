"""Proof that a record came through the product: a keyed hash beside it until it is sealed.

Whoever writes into the database past the product does not have ``LEDGER_KEY``, so the sealing
refuses what they put in.
"""

import base64
import hmac
import uuid
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.MEMORY, __name__, NoPersonalData("The key of the proofs."))


def prove(tenant_id: uuid.UUID, record_id: uuid.UUID, leaf: bytes, identity: bytes) -> bytes:
    """Under the newest key of the ring."""
    return _proofs(tenant_id, record_id, leaf, identity)[0]


def is_proved(
    tenant_id: uuid.UUID, record_id: uuid.UUID, leaf: bytes, identity: bytes, proof: bytes
) -> bool:
    """Under any key of the ring: a record may lie a minute while the key is changed."""
    return any(
        hmac.compare_digest(each, proof) for each in _proofs(tenant_id, record_id, leaf, identity)
    )


def _proofs(
    tenant_id: uuid.UUID, record_id: uuid.UUID, leaf: bytes, identity: bytes
) -> list[bytes]:
    data = tenant_id.bytes + record_id.bytes + leaf + identity
    return [hmac.digest(key, data, "sha256") for key in _keys()]


def _keys() -> tuple[bytes, ...]:
    return _derived(tuple(settings.LEDGER_KEY))


@lru_cache(maxsize=4)
def _derived(ring: tuple[str, ...]) -> tuple[bytes, ...]:
    """Keys of their own: what signs is used for nothing else."""
    return tuple(
        HKDF(SHA256(), 32, salt=None, info=b"chatbo ledger: pending leaf").derive(
            base64.urlsafe_b64decode(key)
        )
        for key in ring
    )
