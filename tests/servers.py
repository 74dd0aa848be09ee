"""Starts the run's PostgreSQL and Redis before Django's settings are read (``-p tests.servers``).

The process that leads the run starts them; the workers of xdist inherit the addresses.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ

_servers: Any = None


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """A wrapper, because these run before pytest-django reads the settings."""
    global _servers  # noqa: PLW0603 (one pair of servers a run)
    if not IS_WORKER:
        from chatbo import embedded

        _servers = embedded.start(
            Path(tempfile.mkdtemp(prefix="chatbo-tests-")), durable=False, say=lambda line: None
        )
        os.environ.update(
            DEBUG="1",
            VAR_DIR=str(_servers.var_dir),
            DATABASE_URL=_servers.app_url,
            DATABASE_OWNER_URL=_servers.owner_url,
            TESTS_SUPERUSER_URL=_servers.superuser_url,
            REDIS_URL=_servers.redis_url,
            BASE_URL="http://127.0.0.1:8000",
        )
    return (yield)


def pytest_unconfigure() -> None:
    if _servers is not None:
        _servers.stop()
        shutil.rmtree(_servers.var_dir, ignore_errors=True)
