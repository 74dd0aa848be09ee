"""Searching everything that is stored for traces of a person.

Past all policies, in every column of every table, decrypted where it was encrypted; in Redis; and
in every file that the processes write.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis

from chatbo.foundation.encryption import decrypt
from tests.journey.databases import Database
from tests.journey.processes import Product


def traces(product: Product, *marks: str) -> list[str]:
    """Where one of the marks stands: table and column, key, or file."""
    return [
        *_in_database(product.database, marks),
        *_in_redis(product.redis_url, marks),
        *_in_files(product.var_dir, marks),
    ]


def _in_database(database: Database, marks: tuple[str, ...]) -> Iterator[str]:
    with psycopg.connect(database.owner_url) as owner:
        tables = owner.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace ORDER BY relname"
        ).fetchall()
        for (table,) in tables:
            rows: Any = owner.execute(f'SELECT * FROM "{table}"')
            names = [column.name for column in rows.description]
            for row in rows:
                for name, value in zip(names, row, strict=True):
                    text = _plain(str(value))
                    if any(mark in text for mark in marks):
                        yield f"{table}.{name}"


def _plain(value: str) -> str:
    if value.startswith("gAAAA"):  # as every Fernet token does
        with contextlib.suppress(Exception):
            return decrypt(value)
    return value


def _in_redis(url: str, marks: tuple[str, ...]) -> Iterator[str]:
    with Redis.from_url(url) as redis:
        for key in redis.scan_iter():
            dump = (redis.dump(key) or b"") + key
            if any(mark.encode() in dump for mark in marks):
                yield f"redis: {key!r}"


def _in_files(folder: Path, marks: tuple[str, ...]) -> Iterator[str]:
    for path in folder.rglob("*"):
        # The stand-ins play the platforms, which keep what they were told.
        if path.is_file() and "standins" not in path.relative_to(folder).parts:
            content = path.read_bytes()
            if any(mark.encode() in content for mark in marks):
                yield str(path.relative_to(folder))
