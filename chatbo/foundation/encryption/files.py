"""Files that lie encrypted, written and read piece by piece: AES-256-GCM, a key for each file.

Pieces are numbered and the last one is marked (the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár, 2015): whoever swaps, repeats or cuts some off is found out. The key lies with
the row that names the file; without the row a file that was left behind says nothing.
"""

import secrets
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chatbo.foundation.encryption.ring import UnreadableError

PIECE = 64 * 1024
"""Bytes that are encrypted at once, and so the most that is held in memory."""

_TAG = 16
_LAST, _MORE = b"\x01", b"\x00"


def new_file_key() -> bytes:
    """For one file, and never for another one: its pieces are numbered from zero."""
    return secrets.token_bytes(32)


class SealedWriter:
    """Takes bytes as a file does, and writes them encrypted. ``close`` it, or the file is cut off.

    It cannot go back. The file that it writes to stays open.
    """

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        self.written = 0
        """Bytes in plain, so far."""
        self._file = file
        self._cipher = AESGCM(key)
        self._waiting = bytearray()
        self._number = 0

    def write(self, data: bytes | bytearray | memoryview) -> int:
        self._waiting += data
        self.written += len(data)
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), _MORE)
            del self._waiting[:PIECE]
        return len(data)

    def flush(self) -> None:
        """Nothing: a piece is written when it is full."""

    def close(self) -> None:
        self._put(bytes(self._waiting), _LAST)
        self._waiting.clear()

    def _put(self, piece: bytes, mark: bytes) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, mark), piece, None))
        self._number += 1


def unsealed(file: IO[bytes], key: bytes) -> Iterator[bytes]:
    """The bytes again, piece by piece, from where the file stands.

    Raises ``UnreadableError`` at the first piece that is not as it was written, and where the end
    is missing.
    """
    cipher = AESGCM(key)
    piece = file.read(PIECE + _TAG)
    number = 0
    while True:
        following = file.read(PIECE + _TAG)
        try:
            yield cipher.decrypt(_nonce(number, _MORE if following else _LAST), piece, None)
        except InvalidTag as error:
            raise UnreadableError from error
        if not following:
            return
        piece, number = following, number + 1


def _nonce(number: int, mark: bytes) -> bytes:
    return number.to_bytes(11, "big") + mark
