"""What the stand-ins remember: one SQLite file that outlives a restart."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Raised with every change of ``schema.sql``; an older file is thrown away, it is only a demo.
SCHEMA_VERSION = 1
SCHEMA = Path(__file__).with_name("schema.sql")

Row = dict[str, Any]


class Store:
    """One connection behind one lock: a demo's load, and no torn writes between threads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(
            folder / "standins.sqlite3", check_same_thread=False, isolation_level=None
        )
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._prepare()

    def _prepare(self) -> None:
        if self._version() not in (0, SCHEMA_VERSION):
            self.drop()
        if self._version() == 0:
            self._db.executescript(SCHEMA.read_text())
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def drop(self) -> None:
        """Forget everything, the tables too."""
        with self._lock:
            names = self.rows(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
            for row in names:
                self._db.execute(f'DROP TABLE "{row["name"]}"')
            self._db.execute("PRAGMA user_version = 0")

    def recreate(self) -> None:
        with self._lock:
            self.drop()
            self._prepare()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Nested ones join the outermost."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[Row]:
        with self._lock:
            return [dict(row) for row in self._db.execute(sql, values)]

    def row(self, sql: str, *values: Any) -> Row | None:
        found = self.rows(sql, *values)
        return found[0] if found else None

    def run(self, sql: str, *values: Any) -> int:
        """Execute, and give back the id of an inserted row."""
        with self._lock:
            return int(self._db.execute(sql, values).lastrowid or 0)

    def change(self, sql: str, *values: Any) -> int:
        """Execute, and give back how many rows changed."""
        with self._lock:
            return self._db.execute(sql, values).rowcount

    def close(self) -> None:
        with self._lock:
            self._db.close()
