"""A demo seeded once for all tests here, on a database of its own, beside running stand-ins."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from celery import Task
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from standins.testing import Running, running
from tests.journey.databases import Database, empty, fresh_database


@dataclass
class Demo:
    database: Database
    standins: Running

    def rows(self) -> dict[str, int]:
        """How many rows each table has, past all policies."""
        with psycopg.connect(self.database.owner_url) as owner:
            tables = owner.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace = 'public'::regnamespace"
            ).fetchall()
            return {
                table: owner.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # type: ignore[index]
                for (table,) in tables
            }


@pytest.fixture(scope="module")
def demo(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Demo]:
    """Committed, as ``make run`` does it; the queue's wake-up calls go nowhere."""
    with (
        fresh_database("demo") as database,
        running(tmp_path_factory.mktemp("standins")) as standins,
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
    ):
        empty(database)
        patch.setattr(Task, "apply_async", lambda *args, **kwargs: None)
        patch.setattr(settings, "DEMO", True)
        patch.setattr(settings, "META_GRAPH_URL", standins.graph_url)
        patch.setattr(settings, "TELEGRAM_API_URL", standins.telegram_url)
        patch.setattr(settings, "STANDINS_URL", standins.url)
        connection = connections["default"]
        connection.close()
        patch.setitem(connection.settings_dict, "NAME", database.name)
        try:
            call_command("seed_demo")
            yield Demo(database, standins)
        finally:
            connection.close()
