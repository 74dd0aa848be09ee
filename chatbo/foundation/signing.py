"""The platform's own signatures (``LEDGER_KEY``, Ed25519): on tree heads and on approvals.

A key that is taken out of the ring is still believed: its public half is kept outside the
database, where no one who holds only the database can add another.
"""

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from chatbo.foundation import outside
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from chatbo.foundation.signed_notes import NoteError, NoteKey, key_of, parse_key, sign

declare_store(Medium.MEMORY, __name__, NoPersonalData("The platform's own keys."))
declare_store(Medium.LOG, __name__, NoPersonalData("That a store is away."))

log = structlog.get_logger(__name__)

_KEYS = "keys"
"""The folder of the outside store."""

_NAME = "chatbo"
"""Under which the keys are kept; what they signed has the names of its own purposes."""

LOOK_AGAIN_AFTER = 5.0
"""Seconds in which a process does not ask the outside store again for a key it does not know."""


def sign_note(name: str, text: str) -> str:
    """Sign with the newest key, in this name, as a C2SP signed note."""
    return sign(name, private_keys()[0], text)


def note_keys(name: str) -> list[NoteKey]:
    """The public halves of the ring's keys in this name, the newest first."""
    return [key_of(name, private) for private in private_keys()]


def keep_keys() -> None:
    """Let what the ring's keys sign be believed after they have left the ring. Twice is once.

    Of the ring, never of the database: whoever writes there would have a key of theirs believed.
    Raises ``OSError`` where the outside store is away.
    """
    keys = note_keys(_NAME)
    for key in keys:
        outside.put(f"{_KEYS}/{key.number.hex()}", str(key))
    memory = _memory(settings.OUTSIDE_STORE_URL)
    memory.kept |= {key.public for key in keys}


def believed_keys() -> frozenset[bytes]:
    """The public keys whose signatures count: the ring's, and those kept outside, as of now.

    Without names: an installation may have moved to another domain since.
    """
    kept = frozenset(key.public for _place, key in _kept_outside() if key)
    _memory(settings.OUTSIDE_STORE_URL).kept |= kept
    return kept | _ring()


def unreadable_keys() -> list[str]:
    """The names of what lies among the keys outside and is none. It hides no other key."""
    return [place for place, key in _kept_outside() if key is None]


def _kept_outside() -> Iterator[tuple[str, NoteKey | None]]:
    for place, text in outside.entries(_KEYS):
        try:
            yield place, parse_key(text)
        except NoteError:
            log.error("outside_key_unreadable", entry=place)
            yield place, None


def is_believed(public: bytes) -> bool:
    """Whether this key's signatures count, for what is checked at every use.

    A process asks the outside store only for a key that it does not know, and seldom: so nobody
    waits for a disk, and a key that another process has signed with is known within seconds. With
    the store away what is known stays believed.
    """
    memory = _memory(settings.OUTSIDE_STORE_URL)
    if public in _ring() or public in memory.kept:
        return True
    if time.monotonic() - memory.looked_at < LOOK_AGAIN_AFTER:
        return False
    memory.looked_at = time.monotonic()
    try:
        return public in believed_keys()
    except OSError:
        log.exception("outside_keys_unreadable")
        return False


def private_keys() -> list[Ed25519PrivateKey]:
    return list(_parsed(tuple(settings.LEDGER_KEY)))


def _ring() -> frozenset[bytes]:
    return _public(tuple(settings.LEDGER_KEY))


@lru_cache(maxsize=4)
def _public(ring: tuple[str, ...]) -> frozenset[bytes]:
    return frozenset(key_of(_NAME, private).public for private in _parsed(ring))


@lru_cache(maxsize=4)
def _parsed(ring: tuple[str, ...]) -> tuple[Ed25519PrivateKey, ...]:
    return tuple(
        Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(key)) for key in ring
    )


@dataclass
class _Memory:
    """What a process has seen in the outside store."""

    kept: frozenset[bytes] = frozenset()
    looked_at: float = float("-inf")


@lru_cache(maxsize=4)
def _memory(store: str) -> _Memory:
    """One for each address of the store; a process has one."""
    return _Memory()
