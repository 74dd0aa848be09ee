"""Every way to read what lies somewhere: as it stands, decrypted, unpacked, decoded."""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from itertools import product
from urllib.parse import unquote

from chatbo.foundation.encryption import UnreadableError, decrypt

DEEP = 4
"""So often something is wrapped into something else: an encrypted text in JSON in a message of the
queue in Redis is three times."""
LARGEST = 16 * 1024 * 1024
"""Bytes that something packed is unpacked to; what is beyond is not read."""
_RUNS = (
    re.compile(r"[A-Za-z0-9_-]{16,}={0,2}"),  # base64 for addresses, and each Fernet token
    re.compile(r"[A-Za-z0-9+/]{16,}={0,2}"),
)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_FERNET = "gAAAA"
_ZLIB = b"\x78"


def readings(content: str | bytes, deep: int = DEEP) -> Iterator[str]:
    """All that it says, as it stands and in other ways; decrypted under each of our keys."""
    if isinstance(content, str):
        yield from _of_text(content, deep)
        return
    if deep and (unpacked := _inflated(content)):
        yield from readings(unpacked, deep - 1)
    if b"\0" in content:  # as in titles of PDFs
        for first, order in product((0, 1), ("utf-16-be", "utf-16-le")):
            yield content[first:].decode(order, errors="replace")
    yield from _of_text(content.decode(errors="replace"), deep)


def _of_text(text: str, deep: int) -> Iterator[str]:
    yield text
    if not deep:
        return
    for runs in _RUNS:
        for run in runs.finditer(text):
            if inner := _unwrapped(run.group()):
                yield from readings(inner, deep - 1)
    for plain in (unquote(text), _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)):
        if plain != text:
            yield from readings(plain, deep - 1)


def _unwrapped(run: str) -> str | bytes | None:
    if run.startswith(_FERNET):
        try:
            return decrypt(run)
        except UnreadableError:
            return None
    bare = run.rstrip("=").replace("-", "+").replace("_", "/")
    bare = bare[:-1] if len(bare) % 4 == 1 else bare
    try:
        data = base64.b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        return None
    if unpacked := _inflated(data):
        return unpacked
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None  # It was no base64: most long words are none.


def _inflated(data: bytes) -> bytes:
    if not data.startswith(_ZLIB):
        return b""
    try:
        return zlib.decompressobj().decompress(data, LARGEST)
    except zlib.error:
        return b""
