"""What lies beside the tables: caches, queues, files, logs, sessions, cookies.

Whoever fills one of them says in the same module with what, by ``declare_store``. Tables, mails
and indexes among them, are models and declare themselves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chatbo.foundation.personal_data.declarations import Category, NoPersonalData


class Medium(StrEnum):
    """The stores beside the tables, by where they lie."""

    CACHE = "cache"
    MEMORY = "memory"
    """What a process keeps between two requests."""
    QUEUE = "queue"
    FILES = "files"
    LOG = "log"
    SESSION = "session"
    COOKIE = "cookie"


@dataclass(frozen=True)
class StoredData:
    """Data on people in a store: whose, which, how they end, how the person gets them.

    ``export``: where the same data stand in the person's export, or why they are not in it.
    """

    subject: str
    holds: Mapping[str, Category]
    end: str
    export: str


@dataclass(frozen=True)
class Store:
    medium: Medium
    module: str
    data: StoredData | NoPersonalData


_stores: dict[tuple[Medium, str], Store] = {}


def declare_store(medium: Medium, module: str, data: StoredData | NoPersonalData) -> None:
    """Say what a module (``__name__``) puts into one medium."""
    _stores[medium, module] = Store(medium, module, data)


def declared_stores() -> Iterator[Store]:
    """Every store of the modules that are loaded."""
    yield from _stores.values()


declare_store(Medium.MEMORY, __name__, NoPersonalData("What modules declare, once loaded."))
