"""A database of a test's own, for what commits or runs in processes of its own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from chatbo.embedded import Addresses
from chatbo.embedded.binaries import find_postgres
from tests.conftest import TEMPLATE, WORKER, address_of


@dataclass(frozen=True)
class Database:
    name: str
    app_url: str
    owner_url: str
    superuser_url: str


@contextmanager
def fresh_database(purpose: str, *, like: str = TEMPLATE) -> Iterator[Database]:
    """A copy of the run's template: migrated, the shipped texts approved; dropped afterwards.

    Needs ``django_db_setup``, which makes the template. ``like``: of another, with nobody in it.
    """
    name = f"{purpose}_{WORKER or 'main'}"
    with psycopg.connect(
        address_of("postgres", os.environ["TESTS_SUPERUSER_URL"]), autocommit=True
    ) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {like} OWNER chatbo_owner")
        try:
            yield Database(
                name,
                app_url=address_of(name, os.environ["DATABASE_URL"]),
                owner_url=address_of(name, os.environ["DATABASE_OWNER_URL"]),
                superuser_url=address_of(name, os.environ["TESTS_SUPERUSER_URL"]),
            )
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def copied_to(server: Addresses) -> Database:
    """The run's template in another server, which the test may kill. Needs ``django_db_setup``."""
    name = server.owner_url.rsplit("/", 1)[1]
    database = Database(
        name, server.app_url, server.owner_url, address_of(name, server.superuser_url)
    )
    programs = find_postgres(data_major=None).bin
    template = address_of(TEMPLATE, os.environ["TESTS_SUPERUSER_URL"])
    dump = subprocess.run(
        [programs / "pg_dump", "--format=custom", template], capture_output=True, check=True
    )
    subprocess.run(
        [programs / "pg_restore", "--exit-on-error", f"--dbname={database.superuser_url}"],
        input=dump.stdout,
        capture_output=True,
        check=True,
    )
    return database


def empty(database: Database) -> None:
    """As right after the first migration: the texts and the lawyer go too."""
    with psycopg.connect(database.superuser_url) as admin:
        admin.execute("SET session_replication_role = replica")
        tables = admin.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
            " AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        ).fetchall()
        for (table,) in tables:
            admin.execute(f'DELETE FROM "{table}"')
