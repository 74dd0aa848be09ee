"""Short texts with an Ed25519 signature that anybody can check (C2SP signed-note v1).

    note = sign("example.org/ledger", key, "example.org/ledger\\n256\\n...\\n")

A note is the text, an empty line, and a line ``— <name> <base64>`` for each signature. Which key it
was is told by four bytes of a hash over name and public key, so that old keys stay usable after a
rotation: whoever checks has a list of keys.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
"""The format's number for plain Ed25519."""
_BEGIN = "\u2014 "


class NoteError(ValueError):
    """What is shown is no note, or nobody whom we know has signed it."""


@dataclass(frozen=True)
class NoteKey:
    """Whose signatures are believed. ``name``: without spaces and plus signs."""

    name: str
    public: bytes

    @property
    def number(self) -> bytes:
        """The four bytes that a signature names its key by."""
        data = self.name.encode() + b"\n" + _ED25519 + self.public
        return hashlib.sha256(data).digest()[:4]

    def __str__(self) -> str:
        """The key as it is handed on: ``name+number+base64``."""
        key = base64.b64encode(_ED25519 + self.public).decode()
        return f"{self.name}+{self.number.hex()}+{key}"


def parse_key(text: str) -> NoteKey:
    """Read ``name+number+base64``. Raises ``NoteError`` for anything else."""
    name, _, rest = text.partition("+")
    number, _, encoded = rest.partition("+")
    data = _decoded(encoded)
    key = NoteKey(name, data[1:])
    if data[:1] != _ED25519 or len(key.public) != 32 or key.number.hex() != number:
        raise NoteError("no key")
    return key


def key_of(name: str, private: Ed25519PrivateKey) -> NoteKey:
    return NoteKey(name, private.public_key().public_bytes_raw())


def sign(name: str, private: Ed25519PrivateKey, text: str) -> str:
    """The text, which must end with a line break, with its signature."""
    if not text.endswith("\n"):
        raise NoteError("a note's text ends with a line break")
    signature = key_of(name, private).number + private.sign(text.encode())
    return f"{text}\n{_BEGIN}{name} {base64.b64encode(signature).decode()}\n"


def read(note: str, keys: Iterable[NoteKey]) -> str:
    """The note's text, if one of the keys has signed it.

    A wrong signature in a known key's name is an error even beside a right one, as the format
    demands; unknown names are passed over. Raises ``NoteError``.
    """
    text, divider, signatures = note.rpartition("\n\n")
    if not divider or not signatures.endswith("\n") or not _is_text(note):
        raise NoteError("no note")
    text += "\n"
    known = {(key.name, key.number): key for key in keys}
    is_signed = False
    for line in signatures[:-1].split("\n"):
        name, gap, encoded = line.removeprefix(_BEGIN).partition(" ")
        signature = _decoded(encoded)
        if not line.startswith(_BEGIN) or not name or not gap or len(signature) < 5:
            raise NoteError("no note")
        if key := known.get((name, signature[:4])):
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(signature[4:], text.encode())
            except InvalidSignature as error:
                raise NoteError("a signature is wrong") from error
            is_signed = True
    if not is_signed:
        raise NoteError("nobody known has signed it")
    return text


def _is_text(note: str) -> bool:
    """A lone surrogate is no letter, and in no bytes that anybody has signed."""
    try:
        note.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decoded(text: str) -> bytes:
    """Of base64 in the one way that we write it."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("no base64") from error
    if base64.b64encode(data).decode() != text:
        raise NoteError("no base64")
    return data
