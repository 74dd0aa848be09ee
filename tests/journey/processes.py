"""The product as it runs: web, worker and schedule as processes, on a database of their own.

    with product(tmp_path) as running:
        running.kill("worker")
        running.start("worker")

The commands are the supervisor's; only what was started here is ended, by its process group.
"""

import contextlib
import email
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import httpx
from redis import Redis

from chatbo.embedded.record import free_port
from chatbo.embedded.server import Server
from infrastructure.processes import Process, end_all, end_group
from infrastructure.supervisor import product as commands
from standins.client import Control
from standins.testing import Running
from standins.testing import running as running_standins
from tests.conftest import WORKER
from tests.journey.databases import Database, fresh_database

READY_SECONDS = 60.0


@dataclass
class Product:
    """The running processes, and all that can be seen of them from outside."""

    url: str
    var_dir: Path
    database: Database
    redis_url: str
    control: Control
    processes: dict[str, Process]
    environment: dict[str, str]

    def manage(self, *command: str) -> None:
        """A command of ``manage.py``, in the same environment."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def start(self, name: str) -> None:
        self.processes[name].start()

    def kill(self, name: str) -> None:
        """SIGKILL to a process and its children, as the kernel does it when memory runs out."""
        process = self.processes[name]
        end_group(process.pid, signal.SIGKILL)
        process.end(seconds=5)

    def wait_until_ready(self) -> None:
        """Until the web answers and says that database, Redis and worker do."""
        with httpx.Client(trust_env=False, timeout=10) as client:

            def is_ready() -> bool:
                self._check_alive()
                with contextlib.suppress(httpx.TransportError):
                    return client.get(f"{self.url}/readyz").status_code == 200
                return False

            until(is_ready, seconds=READY_SECONDS)

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What was sent to an address, in the order of sending."""
        files = sorted((self.var_dir / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime)
        mails = [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]
        return [mail for mail in mails if address in str(mail["To"])]

    def logs(self, lines: int = 25) -> str:
        """The end of each process' log, for whoever reads a failed test."""
        parts = []
        for process in self.processes.values():
            log = process.log.read_text(errors="replace") if process.log.exists() else ""
            parts.append("\n".join([f"--- {process.name}", *log.splitlines()[-lines:]]))
        return "\n".join(parts)

    def _check_alive(self) -> None:
        dead = [process.name for process in self.processes.values() if not process.is_running]
        assert not dead, f"{', '.join(dead)} ended.\n{self.logs()}"


@contextmanager
def product(
    var_dir: Path,
    *,
    purpose: str = "journey",
    redis_url: str = "",
    database: Database | None = None,
    retries: tuple[float, ...] = (0.05, 0.1, 0.2),
    settings: Mapping[str, Callable[[Running], str]] | None = None,
) -> Iterator[Product]:
    """Start everything beside fresh stand-ins, and end it. Needs ``django_db_setup``.

    ``redis_url``, ``database``: of servers that the test may stop; otherwise the run's.
    ``retries``: seconds before each time that a platform repeats a failed delivery.
    ``settings``: what else the environment says, or says otherwise, given the stand-ins.
    """
    redis_url = redis_url or _own_redis_database()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    (var_dir / "run").mkdir(parents=True)
    # The same keys as in the test, which can so read what the processes have encrypted.
    shutil.copy(Path(os.environ["VAR_DIR"]) / "secrets.json", var_dir / "secrets.json")
    with (
        nullcontext(database) if database else fresh_database(purpose) as database,
        running_standins(var_dir / "standins", webhook=url, retries=retries) as standins,
    ):
        environment = {
            **os.environ,
            "DEBUG": "1",
            "PORT": str(port),
            "VAR_DIR": str(var_dir),
            "BASE_URL": url,
            "DATABASE_URL": database.app_url,
            "DATABASE_OWNER_URL": database.owner_url,
            "REDIS_URL": redis_url,
            "META_GRAPH_URL": standins.graph_url,
            "TELEGRAM_API_URL": standins.telegram_url,
            "FACEBOOK_OAUTH_URL": standins.facebook_url,
            "STANDINS_URL": standins.url,
            "NO_PROXY": "127.0.0.1",
            "PYTHONUNBUFFERED": "1",
        }
        environment |= {name: value(standins) for name, value in (settings or {}).items()}
        processes = {
            name: Process(
                name,
                [sys.executable, *command],
                environment=environment,
                log=var_dir / "logs" / f"{name}.log",
            )
            for name, command in commands(port, var_dir)
        }
        running = Product(
            url, var_dir, database, redis_url, standins.control, processes, environment
        )
        try:
            for process in processes.values():
                process.start()
            running.wait_until_ready()
            yield running
        finally:
            end_all(list(processes.values()))


def kill_server(server: Server) -> None:
    """SIGKILL to a server and its children, by their numbers: PostgreSQL's have left its group."""
    assert server.process is not None
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in (pid, *map(int, children)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    server.process.wait()


def until(
    condition: Callable[[], object],
    *,
    seconds: float = 20.0,
    what: str = "",
    logs: Callable[[], str] = str,
) -> None:
    """Wait until it is true; fail when it does not become so in time, with what was logged."""
    deadline = time.monotonic() + seconds
    while not condition():
        late = time.monotonic() > deadline
        assert not late, f"not within {seconds:.0f} s: {what or condition}\n{logs()}"
        time.sleep(0.05)


def _own_redis_database() -> str:
    """Apart from the ones that the tests themselves use (``tests.conftest``); emptied."""
    number = int(re.sub(r"\D", "", WORKER) or 0)
    address = f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{15 - number}"
    with Redis.from_url(address) as redis:
        redis.flushdb()
    return address
