"""A database of its own on the demo's server, filled, and a web process on it.

The process of the benchmark becomes the application beside it: same settings, same role.
"""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks.running import BenchmarkError, Demo, Web, bare
from chatbo.demo_secrets import demo_secrets
from chatbo.embedded.record import free_port
from infrastructure.processes import Process, end_all
from infrastructure.supervisor import product

if TYPE_CHECKING:
    from benchmarks.crowd.businesses import People

DATABASE = "crowd"


@dataclass
class Crowd:
    """The filled database, who is in it, and the web process that shows it."""

    people: "People"
    port: int
    owner_url: str
    app_url: str
    superuser_url: str
    base_url: str

    @cached_property
    def sealed(self) -> int:
        """How many consents were sealed, which is done when first asked for: it takes a minute."""
        from benchmarks.crowd.sealing import seal_everything

        begin = time.monotonic()
        with (
            self.database(self.superuser_url) as database,
            psycopg.connect(self.superuser_url) as reader,
        ):
            records = seal_everything(database, reader)
        print(
            f"{records:,} consents are sealed, after {time.monotonic() - begin:.0f} s.", flush=True
        )
        return records

    @contextmanager
    def web(self) -> Iterator[Web]:
        with closing(Web(self.port)) as web:
            yield web

    @contextmanager
    def database(self, url: str, **options: Any) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(url, autocommit=True, **options) as connection:
            yield connection


@contextmanager
def crowded(demo: Demo) -> Iterator[Crowd]:
    """Make it, fill it, show it; the server that it lies on throws it away."""
    begin = time.monotonic()
    var_dir = demo.var_dir.parent / "crowd"
    port = free_port()
    urls = another_database(demo, DATABASE)
    environment = settings_of(demo, var_dir, port, urls)
    manage_py(environment, "migrate", "--verbosity", "0")
    manage_py(environment, "collectstatic", "--no-input", "--verbosity", "0")
    people = _fill(environment, urls["superuser_url"])
    print(f"A million subscribers are there, after {time.monotonic() - begin:.0f} s.", flush=True)
    name, command = next(iter(product(port, var_dir)))
    web = Process(
        name, [sys.executable, *command], environment=environment, log=var_dir / "web.log"
    )
    web.start()
    try:
        _wait_for(web, f"http://127.0.0.1:{port}/healthz")
        yield Crowd(people, port, base_url=environment["BASE_URL"], **urls)
    finally:
        end_all([web])


def another_database(demo: Demo, name: str) -> dict[str, str]:
    """On the demo's server, and empty: its addresses for each role."""
    with demo.database() as database:
        database.execute(f"CREATE DATABASE {name} OWNER chatbo_owner".encode())
    return {
        role: f"{getattr(demo.addresses, role).rsplit('/', 1)[0]}/{name}"
        for role in ("superuser_url", "owner_url", "app_url")
    }


def settings_of(demo: Demo, var_dir: Path, port: int, urls: dict[str, str]) -> dict[str, str]:
    """As in production, without DEBUG: but for https, and without the stand-ins."""
    var_dir.mkdir()
    return {
        **bare(),
        **demo_secrets(var_dir),
        "DATA_REGION": "eu-benchmark",
        "PORT": str(port),
        "VAR_DIR": str(var_dir),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": urls["app_url"],
        "DATABASE_OWNER_URL": urls["owner_url"],
        "REDIS_URL": demo.addresses.redis_url.removesuffix("/0") + "/9",
        "FILES_URL": (var_dir / "files").as_uri(),
        "OUTSIDE_STORE_URL": (var_dir / "outside").as_uri(),
        "EMAIL_URL": (var_dir / "mail").as_uri(),
        "REQUIRE_MFA": "",
        "DJANGO_SETTINGS_MODULE": "chatbo.settings",
    }


def manage_py(environment: dict[str, str], *command: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchmarkError(f"`manage.py {command[0]}` failed: {done.stderr.strip()[-500:]}")


def _fill(environment: dict[str, str], superuser_url: str) -> "People":
    os.environ.clear()
    os.environ.update(environment)
    import django

    django.setup()
    from benchmarks.crowd.businesses import found_everybody, give_bots
    from benchmarks.crowd.rows import fill

    people = found_everybody()
    channels = give_bots(people)
    actors = {
        tenant.pk: owner.pk for tenant, owner in zip(people.tenants, people.owners, strict=True)
    }
    with psycopg.connect(
        superuser_url, autocommit=True, cursor_factory=psycopg.ClientCursor
    ) as database:
        fill(database, channels, actors)
    return people


def _wait_for(web: Process, address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and web.is_running:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise BenchmarkError(f"The web process does not start: {web.log.read_text()[-500:]}")
