"""What is in a file beside its bytes: ZIP, gzip and PDF opened, each as far as a limit."""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from typing import IO

from consent.erasure.scanning.readings import LARGEST

WINDOW = 2 * 1024 * 1024
OVERLAP = 64 * 1024
"""Bytes in which a word that lies across two windows is found."""
DEEP = 3
"""A ZIP in a ZIP in a ZIP."""
MOST_IN_ONE = 10_000
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]{8,})>")

Part = tuple[str, bytes]


def contents(file: IO[bytes], name: str = "content", deep: int = DEEP) -> Iterator[Part]:
    """All that a file holds: its bytes, and what is packed in it, by name."""
    head = file.read(1024)
    file.seek(0)
    yield from _windows(file, name)
    if not deep:
        return
    file.seek(0)
    if zipfile.is_zipfile(file):
        yield from _zipped(file, deep)
    elif head.startswith(b"\x1f\x8b"):
        yield from _gzipped(file, name, deep)
    elif b"%PDF-" in head:
        yield from _of_pdf(file, name)


def of_mail(data: bytes) -> Iterator[tuple[str, str | bytes]]:
    """A message's headers and parts, decoded; attachments are looked into."""
    for part in message_from_bytes(data, policy=default).walk():
        for header, value in part.items():
            yield header, str(value)
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            yield from contents(io.BytesIO(payload), part.get_filename() or "body")


def _windows(file: IO[bytes], name: str) -> Iterator[Part]:
    kept = b""
    while data := file.read(WINDOW):
        yield name, kept + data
        kept = data[-OVERLAP:]


def _zipped(file: IO[bytes], deep: int) -> Iterator[Part]:
    try:
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist()[:MOST_IN_ONE]:
                yield "name", info.filename.encode()
                with archive.open(info) as packed:
                    yield from contents(io.BytesIO(packed.read(LARGEST)), info.filename, deep - 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        return  # Damaged, or under a password: its bytes have been looked at.


def _gzipped(file: IO[bytes], name: str, deep: int) -> Iterator[Part]:
    file.seek(0)
    try:
        with gzip.open(file) as packed:
            yield from contents(io.BytesIO(packed.read(LARGEST)), name, deep - 1)
    except (OSError, EOFError, zlib.error):
        return


def _of_pdf(file: IO[bytes], name: str) -> Iterator[Part]:
    """Its streams unpacked, attachments among them; and texts that are written in hexadecimal.

    What is drawn on a page stands there by the numbers of a font's letters, which are not words.
    """
    file.seek(0)
    data = file.read(LARGEST)
    yield from _in_hexadecimal(data, name)
    for stream in _STREAM.finditer(data):
        try:
            unpacked = zlib.decompressobj().decompress(stream[1], LARGEST)
        except zlib.error:
            continue
        yield name, unpacked
        yield from _in_hexadecimal(unpacked, name)


def _in_hexadecimal(data: bytes, name: str) -> Iterator[Part]:
    for found in _HEX.finditer(data):
        digits = b"".join(found[1].split()).decode()
        yield name, bytes.fromhex(digits[: len(digits) // 2 * 2])
