"""The platform's own signatures (``LEDGER_KEY``, Ed25519): on tree heads and on approvals."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from chatbo.foundation.signed_notes import NoteKey, key_of, sign


def sign_note(name: str, text: str) -> str:
    """Sign with the newest key, in this name, as a C2SP signed note."""
    return sign(name, private_keys()[0], text)


def note_keys(name: str) -> list[NoteKey]:
    """The public halves of the ring's keys in this name, the newest first."""
    return [key_of(name, private) for private in private_keys()]


def private_keys() -> list[Ed25519PrivateKey]:
    return [
        Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(key))
        for key in settings.LEDGER_KEY
    ]
