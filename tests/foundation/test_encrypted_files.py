"""Files that lie encrypted: what goes in comes out, and nothing else ever does."""

import io
import os

import pytest

from chatbo.foundation.encryption import UnreadableError
from chatbo.foundation.encryption.files import PIECE, SealedWriter, new_file_key, unsealed

SEALED_PIECE = PIECE + 16


def sealed(data: bytes, key: bytes) -> bytes:
    file = io.BytesIO()
    writer = SealedWriter(file, key)
    for start in range(0, len(data), 10_000):
        writer.write(data[start : start + 10_000])
    writer.close()
    assert writer.written == len(data)
    return file.getvalue()


def opened(lies: bytes, key: bytes) -> bytes:
    return b"".join(unsealed(io.BytesIO(lies), key))


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])
def test_what_goes_in_comes_out(size: int) -> None:
    data, key = os.urandom(size), new_file_key()
    assert opened(sealed(data, key), key) == data


def test_nothing_of_it_can_be_read_as_it_lies() -> None:
    assert b"MARKER" not in sealed(b"MARKER" * 50_000, new_file_key())


def test_each_file_has_a_key_of_its_own() -> None:
    assert new_file_key() != new_file_key()
    with pytest.raises(UnreadableError):
        opened(sealed(b"one", new_file_key()), new_file_key())


DAMAGED = {
    "a bit turned": lambda lies: bytes([lies[0] ^ 1]) + lies[1:],
    "cut off within a piece": lambda lies: lies[:-1],
    "cut off after a piece": lambda lies: lies[:SEALED_PIECE],
    "emptied": lambda lies: b"",
    "two pieces swapped": lambda lies: (
        lies[SEALED_PIECE : 2 * SEALED_PIECE] + lies[:SEALED_PIECE] + lies[2 * SEALED_PIECE :]
    ),
    "a piece repeated": lambda lies: lies[:SEALED_PIECE] + lies,
    "a piece left out": lambda lies: lies[SEALED_PIECE:],
    "something appended": lambda lies: lies + b"x",
}


@pytest.mark.parametrize("how", DAMAGED)
def test_whatever_is_done_to_it_is_found(how: str) -> None:
    key = new_file_key()
    lies = sealed(os.urandom(2 * PIECE + 100), key)
    with pytest.raises(UnreadableError):
        opened(DAMAGED[how](lies), key)
