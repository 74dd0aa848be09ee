"""The platform's own signatures (``LEDGER_KEY``, Ed25519): on tree heads and on approvals.

A key that is taken out of the ring is still believed: its public half is kept outside the
database, where no one who holds only the database can add another.
"""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from chatbo.foundation import outside
from chatbo.foundation.signed_notes import NoteKey, key_of, parse_key, sign

_KEYS = "keys"
"""The folder of the outside store."""


def sign_note(name: str, text: str) -> str:
    """Sign with the newest key, in this name, as a C2SP signed note."""
    return sign(name, private_keys()[0], text)


def note_keys(name: str) -> list[NoteKey]:
    """The public halves of the ring's keys in this name, the newest first."""
    return [key_of(name, private) for private in private_keys()]


def keep_key(key: NoteKey) -> None:
    """Let what this key signed be believed after it has left the ring. Twice is once.

    Raises ``OSError`` where the outside store is away.
    """
    outside.put(f"{_KEYS}/{key.number.hex()}", str(key))


def believed_keys() -> frozenset[bytes]:
    """The public keys whose signatures count: the ring's, and those kept outside.

    Without names: an installation may have moved to another domain since.
    """
    kept = {parse_key(text).public for _place, text in outside.entries(_KEYS)}
    return frozenset(kept | {key.public for key in note_keys("")})


def private_keys() -> list[Ed25519PrivateKey]:
    return [
        Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(key))
        for key in settings.LEDGER_KEY
    ]
