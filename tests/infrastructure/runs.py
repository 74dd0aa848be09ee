"""Starting the demo as ``make run`` does, and looking from outside at what it started.

with demo(clone, var_dir) as run:
    run.wait_until_up()
    run.end(signal.SIGINT)
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from chatbo import embedded
from chatbo.embedded.record import free_port
from infrastructure.processes import birth

UP_SECONDS = 90.0
END_SECONDS = 40.0
# Of the tests' own environment; the run's servers above all must not leak into it.
INHERITED = ("PATH", "LANG", "HTTP_PROXY", "HTTPS_PROXY")


@dataclass
class Run:
    """One supervisor, whether it still runs or has ended."""

    process: subprocess.Popen[bytes]
    port: int
    var_dir: Path
    printed: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def text(self) -> str:
        return self.printed.read_text(errors="replace")

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def wait_until_up(self) -> None:
        self.wait_until(lambda: "Up in " in self.text, seconds=UP_SECONDS)

    def wait_until(self, condition: Callable[[], object], *, seconds: float = 30.0) -> None:
        """Until it is true; shows what was printed if that takes too long or the run ends."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.is_running, f"it ended with {self.process.returncode}:\n{self.text}"
            assert time.monotonic() < deadline, f"not within {seconds} s:\n{self.text}"
            time.sleep(0.05)

    def wait_until_ready(self) -> None:
        """Until the web says that database, Redis and worker answer."""

        def is_ready() -> bool:
            with contextlib.suppress(httpx.TransportError):
                return httpx.get(f"{self.url}/readyz", trust_env=False).status_code == 200
            return False

        self.wait_until(is_ready)

    def wait_for_end(self) -> int:
        return self.process.wait(END_SECONDS)

    def end(self, sign: int) -> int:
        self.process.send_signal(sign)
        return self.wait_for_end()

    def started(self) -> dict[int, str]:
        """Everything that came from it, with the birth that tells it from a later process."""
        family = {self.process.pid}
        parents = _parents()
        while grown := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= grown
        return {pid: birth(pid) for pid in family}

    def pid_of(self, *words: str) -> int:
        """Of the oldest of its processes that has these words in its command."""
        for pid in sorted(self.started()):
            command = os.fsdecode(_command_of(pid))
            if all(word in command for word in words):
                return pid
        return 0

    def data_folder(self) -> Path:
        """Where its PostgreSQL keeps the data, by the command that runs."""
        command = _command_of(self.pid_of("postgres", "-D")).split(b"\0")
        return Path(os.fsdecode(command[command.index(b"-D") + 1]))

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        """As the owner of the tables of its embedded database."""
        known = embedded.addresses(self.var_dir)
        assert known is not None
        with psycopg.connect(known.owner_url, autocommit=True) as connection:
            result = connection.execute(statement)  # type: ignore[call-overload]  # a plain text
            return list(result.fetchall()) if result.description else []


def alive(born: dict[int, str]) -> dict[int, str]:
    """Those of these processes that have not ended: by the number alone one cannot tell."""
    return {pid: when for pid, when in born.items() if when and birth(pid) == when}


@contextmanager
def demo(
    clone: Path,
    var_dir: Path,
    *,
    python: Path | None = None,
    user: tuple[int, int] | None = None,
    code: str = "",
    **settings: str,
) -> Iterator[Run]:
    """The supervisor in a process of its own; ended in the end, if it has not ended before.

    ``code`` runs before its ``main()``; ``user`` is the number of the user and of the group.
    """
    port = settings.setdefault("PORT", str(free_port()))
    # A file, because a pipe that nobody reads would stop it.
    printed = var_dir.with_name(f"{var_dir.name}.{time.monotonic_ns()}.txt")
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    before = f"from infrastructure import supervisor; {code}; raise SystemExit(supervisor.main())"
    with printed.open("wb") as output:
        process = subprocess.Popen(
            [
                str(python or sys.executable),
                *(["-c", before] if code else ["-m", "infrastructure.supervisor"]),
            ],
            cwd=clone,
            env={**inherited, "VAR_DIR": str(var_dir), **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **({"user": user[0], "group": user[1], "extra_groups": []} if user else {}),
        )
    run = Run(process, int(port) if port.isdecimal() else 0, var_dir, printed)
    try:
        yield run
    finally:
        if run.is_running:
            run.end(signal.SIGTERM)


def _command_of(pid: int) -> bytes:
    """Empty where the process has ended meanwhile, as short ones do between two looks."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _parents() -> dict[int, int]:
    parents = {}
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(fields[1])
    return parents
