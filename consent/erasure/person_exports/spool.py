"""Rows that are read once and written into several files: encrypted on the disk, not in memory."""

import json
import tempfile
from collections.abc import Iterator
from typing import Any

from chatbo.foundation.encryption.files import SealedWriter, new_file_key, unsealed
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store

declare_store(
    Medium.FILES,
    __name__,
    StoredData(
        subject="bots.Subscriber",
        holds={"rows": Category.CONTENT},
        end="When the process has written the file, or dies: the file has no name, and its key"
        " lies in memory alone.",
        export="In none: it is what the export is made of.",
    ),
)


class Spool:
    """Takes values one by one, then gives them back in order, as often as wanted."""

    def __init__(self) -> None:
        self.count = 0
        self._key = new_file_key()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the spool)
        self._writer: SealedWriter | None = SealedWriter(self._file, self._key)

    def add(self, value: Any) -> None:
        """What JSON knows. Raises ``ValueError`` once it has been read."""
        if self._writer is None:
            raise ValueError("it was read already")
        self._writer.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
        self.count += 1

    def __iter__(self) -> Iterator[Any]:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._file.seek(0)
        rest = b""
        for piece in unsealed(self._file, self._key):
            *lines, rest = (rest + piece).split(b"\n")
            yield from map(json.loads, lines)

    def close(self) -> None:
        self._file.close()
