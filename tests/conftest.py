"""The tests' ground: one real PostgreSQL and one real Redis a run, started before the first test.

The tests log in as the application's role, so row-level security is in force in every one of
them. The owner's role makes the database once and empties it after tests that commit; each
worker of xdist gets a copy of it.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BASE_DIR = Path(__file__).resolve().parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
TEMPLATE = "test_chatbo"

_servers: Any = None


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the process that leads the run; its workers inherit the addresses."""
    global _servers
    if WORKER:
        return
    from chatbo import embedded

    var_dir = Path(tempfile.mkdtemp(prefix="chatbo-tests-"))
    os.environ.setdefault("VAR_DIR", str(var_dir))
    os.environ["DEBUG"] = "1"
    _servers = embedded.start(var_dir, durable=False)
    os.environ.update(
        DATABASE_URL=_servers.app_url,
        DATABASE_OWNER_URL=_servers.owner_url,
        REDIS_URL=_servers.redis_url,
        CHATBO_TESTS_VAR=str(var_dir),
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    if _servers is not None:
        _servers.stop()
        from chatbo import embedded

        var_dir = Path(os.environ["CHATBO_TESTS_VAR"])
        embedded.discard(var_dir)
        shutil.rmtree(var_dir, ignore_errors=True)
