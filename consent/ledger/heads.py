"""Signed tree heads: what the tree was at a time, as anybody can check it (C2SP tlog-checkpoint).

chatbo.example/ledger
256
<root, base64>
time 2026-11-24T16:30:00+00:00

— chatbo.example/ledger <signature>
"""

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings

from chatbo.foundation import outside
from chatbo.foundation.signed_notes import NoteError, NoteKey, read
from chatbo.foundation.signing import believed_keys, keep_keys, note_keys, sign_note
from consent.ledger.models import PublishedKey, TreeHead

_LEDGER = "/ledger"
HEADS = "heads"
"""Their folder in the outside store."""


@dataclass(frozen=True)
class Head:
    """What a note says: the root over the first ``size`` leaves, at a time."""

    origin: str
    size: int
    root: bytes
    at: datetime


def origin() -> str:
    """The name of this installation's tree, and of the keys that sign its heads."""
    return f"{urlsplit(settings.BASE_URL).netloc}{_LEDGER}"


def signed_head(size: int, root: bytes, at: datetime) -> TreeHead:
    """A head with its signature, not stored yet; the key is published with the first."""
    moment = at.astimezone(UTC).isoformat(timespec="seconds")
    text = f"{origin()}\n{size}\n{base64.b64encode(root).decode()}\ntime {moment}\n"
    PublishedKey.objects.get_or_create(key=str(note_keys(origin())[0]))
    return TreeHead(size=size, root=root, note=sign_note(origin(), text), at=at)


def read_ours(note: str, believed: Collection[bytes]) -> list[str]:
    """The lines of a note that one of these keys has signed in the name of a ledger.

    Raises ``NoteError``.
    """
    name = note.partition("\n")[0]
    if not name.endswith(_LEDGER):
        raise NoteError("no note of a ledger")
    return read(note, [NoteKey(name, public) for public in believed]).split("\n")


def read_head(note: str, believed: Collection[bytes]) -> Head:
    """What a head's note says, if one of these keys has signed it. Raises ``NoteError``."""
    lines = read_ours(note, believed)
    try:
        name, size, root, time = lines[:4]
        return Head(
            origin=name,
            size=int(size),
            root=base64.b64decode(root, validate=True),
            at=datetime.fromisoformat(time.removeprefix("time ")),
        )
    except (ValueError, binascii.Error) as error:
        raise NoteError("no tree head") from error


def publish_heads() -> int:
    """Append to the outside store what it does not have yet; gives back how many heads."""
    last = latest_outside()
    heads = TreeHead.objects.order_by("size")
    missing = heads.filter(size__gt=last.size) if last else heads
    found = list(missing)
    if not found:
        return 0
    keep_keys()
    for head in found:
        outside.put(f"{HEADS}/{head.at:%Y/%m/%d}/{head.size:015}", head.note)
    return len(found)


def latest_outside() -> Head | None:
    """The newest head that the outside store has. Raises ``NoteError`` for a forged one."""
    note = outside.latest(HEADS)
    return read_head(note, believed_keys()) if note else None
