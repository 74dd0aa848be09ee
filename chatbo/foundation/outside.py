"""What is kept outside the database, so that nobody who holds the database can unsay it.

``OUTSIDE_STORE_URL``: a folder on another disk or machine, for the application only to add to. An
entry is a file of its own and is never written over.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(
    Medium.FILES,
    __name__,
    NoPersonalData("What we signed: hashes and keys, which name nobody."),
)


class AlreadySaidError(Exception):
    """Under this name something else is kept already."""


def put(name: str, content: str) -> None:
    """Keep an entry for good, on the disk itself when this returns. The same twice is once.

    Raises ``AlreadySaidError`` where the name is taken by other words, ``OSError`` where the store
    is away.
    """
    place = _folder() / name
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    with part.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, place)  # Refuses to replace, unlike a renaming.
    except FileExistsError:
        if place.read_text(encoding="utf-8") != content:
            raise AlreadySaidError(name) from None
    finally:
        part.unlink()
    descriptor = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def entries(under: str) -> Iterator[tuple[str, str]]:
    """Names and contents below a folder, in the order of their names.

    What is no text, and so not ours, is read all the same: one such file must hide no other.
    """
    for name in names(under):
        yield name, _text(_folder() / name)


def get(name: str) -> str | None:
    """The content of one entry, or nothing where none has this name."""
    place = _folder() / name
    return _text(place) if place.is_file() else None


def names(under: str) -> Iterator[str]:
    """The names below a folder, in their order, without reading what stands there.

    Quickly: before anybody is served, a hundred thousand are compared with those that are known.
    """
    with contextlib.suppress(FileNotFoundError), os.scandir(_folder() / under) as found:
        for each in sorted(found, key=lambda entry: entry.name):
            if each.name.startswith("."):
                continue  # What a process was writing when it was killed.
            if each.is_dir():
                yield from names(f"{under}/{each.name}")
            else:
                yield f"{under}/{each.name}"


def drop(name: str) -> None:
    """Take an entry away whose time is over, and its folder with the last one in it.

    One that is not there is away already.
    """
    place = _folder() / name
    place.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        place.parent.rmdir()


def is_there() -> bool:
    """Whether the store can be reached at all: an empty one and a disk that is away look alike."""
    return _folder().is_dir()


def latest(under: str) -> str | None:
    """The content of the entry whose name comes last, or nothing where none is kept."""
    place = _folder() / under
    while place.is_dir():
        names = sorted(_names(place))
        if not names:
            return None
        place /= names[-1]
    return _text(place) if place.exists() else None


def _text(place: Path) -> str:
    return place.read_text(encoding="utf-8", errors="replace")


def _names(place: Path) -> list[str]:
    """Without what a process was writing when it was killed."""
    with contextlib.suppress(FileNotFoundError):
        return [name for name in os.listdir(place) if not name.startswith(".")]  # noqa: PTH208 (names are enough)
    return []


def _folder() -> Path:
    return Path(unquote(urlsplit(settings.OUTSIDE_STORE_URL).path))
