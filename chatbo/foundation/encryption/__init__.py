"""Encryption of fields and tokens, blind indexes to find what is encrypted, and new keys for all.

The keys are ``settings.FIELD_KEYS``, a ring with the newest first: it encrypts, all of them
decrypt. ``manage.py rotate_keys`` puts everything under the newest one
(``docs/decisions/key-rotation.md``).
"""

from chatbo.foundation.encryption.fields import BlindIndexField, EncryptedTextField, text_or
from chatbo.foundation.encryption.ring import (
    OLD_KEYS_STAY,
    InvalidTokenError,
    UnreadableError,
    blind_index,
    blind_indexes,
    decrypt,
    decrypt_under,
    encrypt,
    encrypt_under,
    open_token,
    seal_token,
    sealed_at,
)

__all__ = [
    "OLD_KEYS_STAY",
    "BlindIndexField",
    "EncryptedTextField",
    "InvalidTokenError",
    "UnreadableError",
    "blind_index",
    "blind_indexes",
    "decrypt",
    "decrypt_under",
    "encrypt",
    "encrypt_under",
    "open_token",
    "seal_token",
    "sealed_at",
    "text_or",
]
