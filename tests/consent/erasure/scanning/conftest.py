"""What is planted has to be found first: a search that finds nothing would be green for ever."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from consent.erasure.scanning import Hit, Words, search
from consent.erasure.scanning.files import entries, files, lines, mails
from consent.erasure.scanning.keys import keys
from consent.erasure.scanning.tables import rows

WORD = "quollimarker"

Looking = Callable[..., list[Hit]]


def everything(*words: str) -> list[Hit]:
    """Every place, whole, searched for these words; nothing may stay unread."""
    unread: list[str] = []
    hits = [
        hit
        for items in (rows(unread), files(), entries(), mails(), keys(), lines())
        for hit in search(items, Words(words))
    ]
    assert unread == []
    return hits


def places(*words: str) -> set[str]:
    """As ``table.column``, or the kind of what else was found with its name."""
    return {
        f"{hit.place}.{hit.part}" if hit.kind == "row" else f"{hit.kind} {hit.place}"
        for hit in everything(*words)
    }


@pytest.fixture(autouse=True)
def folders(settings, tmp_path: Path) -> Path:
    """Files, mail and logs of the test's own."""
    settings.VAR_DIR = tmp_path
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    for name in ("logs", "mail", "outside"):
        (tmp_path / name).mkdir(exist_ok=True)
    return tmp_path


@pytest.fixture
def redis(settings) -> Iterator[Redis]:
    with Redis.from_url(settings.REDIS_URL) as connection:
        yield connection
        connection.flushdb()
