"""What lies in folders: the tenants' files, the store outside, the demo's mail, and the logs.

Read from the disk past rows and scopes: a file that nobody knows of any more is the one to find.
"""

import heapq
import os
import random
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from chatbo.foundation import outside
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.scanning.archives import contents, of_mail
from consent.erasure.scanning.items import Item, Kind

declare_store(Medium.FILES, __name__, NoPersonalData("Only reads what others put there."))

LONGEST_LINE = 1024 * 1024


def files(*, most: int | None = None) -> Iterator[Item]:
    """Each file of the storage. ``most``: so many, the newest."""
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    for path in _newest(folder, most):
        name = str(path.relative_to(folder))
        yield Item(Kind.FILE, name, parts=_of_file(path, name))


def entries(*, most: int | None = None) -> Iterator[Item]:
    """Each entry of the store outside the database. ``most``: so many, any."""
    every = (name.removeprefix("./") for name in outside.names("."))
    for name in every if most is None else _any_of(every, most):
        yield Item(Kind.ENTRY, name, parts=[("name", name), ("content", outside.get(name) or "")])


def mails(*, most: int | None = None) -> Iterator[Item]:
    """Each mail that went into a folder instead of a server. ``most``: so many, the newest."""
    if place := getattr(settings, "EMAIL_FILE_PATH", None):
        for path in _newest(Path(place), most):
            yield Item(Kind.MAIL, path.name, parts=_of_mail(path))


def lines(*, most: int | None = None) -> Iterator[Item]:
    """Each line of each log below ``VAR_DIR``. ``most``: so many bytes at the end of each.

    What the installation has collected elsewhere is its own: nothing of ours reads there.
    """
    for path in sorted(_below(Path(settings.VAR_DIR) / "logs")):
        with path.open("rb") as log:
            if log.read(2) == b"\x1f\x8b":  # put away
                log.seek(0)
                yield Item(Kind.LINE, path.name, parts=list(contents(log)))
                continue
            size = path.stat().st_size
            log.seek(max(0, size - most) if most else 0)
            place = log.tell()
            while line := log.readline(LONGEST_LINE):
                yield Item(Kind.LINE, path.name, parts=[("line", line)], number=str(place))
                place += len(line)


def _of_file(path: Path, name: str) -> Iterator[tuple[str, str | bytes]]:
    yield "name", name
    try:
        with path.open("rb") as file:
            yield from contents(file)
    except FileNotFoundError:
        return  # Deleted meanwhile.


def _of_mail(path: Path) -> Iterator[tuple[str, str | bytes]]:
    data = path.read_bytes()
    yield "content", data
    yield from of_mail(data)


def _newest(folder: Path, most: int | None) -> Iterator[Path]:
    if most is None:
        yield from _below(folder)
    else:
        yield from heapq.nlargest(most, _below(folder), key=_changed_at)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _below(folder: Path) -> Iterator[Path]:
    """Without following links: they lead out, or round and round."""
    for parent, _folders, names in os.walk(folder):
        for name in names:
            if (path := Path(parent, name)).is_file() and not path.is_symlink():
                yield path


def _any_of(names: Iterator[str], most: int) -> list[str]:
    """So many of them, each as likely as any other, without holding all."""
    held: list[str] = []
    for number, name in enumerate(names):
        if number < most:
            held.append(name)
        elif (place := random.randrange(number + 1)) < most:  # noqa: S311 (a sample, no secret)
            held[place] = name
    return held
