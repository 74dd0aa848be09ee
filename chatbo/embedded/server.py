"""One server process of ours, its folder and its log."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from chatbo.embedded.binaries import ENVIRONMENT, EmbeddedError, Identity
from chatbo.embedded.record import Addresses

START_SECONDS = 60  # generous: the recovery after a crash counts too
STOP_SECONDS = 15


class Server:
    """One server process of ours, and its folder."""

    name: str
    folder: Path  # where the process works, by which it is known later
    stop_signal = signal.SIGTERM
    identity: Identity | None = None

    def __init__(self, var_dir: Path, *, durable: bool, say: Callable[[str], None]) -> None:
        self.log = var_dir / "logs" / f"{self.name.lower()}.log"
        self.durable = durable
        self.say = say
        self.process: subprocess.Popen[bytes] | None = None

    def expect_no_data(self, *, discard: bool) -> None:
        """Called when there is no record of the passwords."""

    def prepare(self, at: Addresses) -> None:
        """Find the binaries, and make what the server needs before its start."""

    def complete(self, at: Addresses) -> None:
        """Once it answers for the first time."""

    def command(self, at: Addresses) -> list[str]:
        raise NotImplementedError

    def is_ready(self) -> bool:
        raise NotImplementedError

    def recorded_pid(self) -> int | None:
        raise NotImplementedError

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def launch(self, at: Addresses) -> None:
        self.addresses = at
        self.process = self.run_in_background(self.command(at))

    def revive(self) -> None:
        """Start again, at the same address, what has ended by itself."""
        self.launch(self.addresses)
        self.wait()

    def run_in_background(self, command: list[str]) -> subprocess.Popen[bytes]:
        with open_log(self.log) as log:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the supervisor, which keeps an order
                preexec_fn=dies_with_parent(self.stop_signal),  # noqa: PLW1509 (a single call)
                **user_arguments(self.identity),
            )

    def wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if not self.is_running or time.monotonic() > deadline:
                raise EmbeddedError(
                    f"{self.name} does not start: {_last_line(self.log)} (see {self.log})"
                )
            time.sleep(0.02)

    def begin_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def finish_stop(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # SIGQUIT: PostgreSQL ends its children too and recovers at the next start.
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def end_leftover(self) -> None:
        """End the process that a killed run has left behind, if it is surely ours."""
        pid = self.recorded_pid()
        if pid is None or not works_in(pid, self.folder):
            return
        for attempt, sign in enumerate((self.stop_signal, signal.SIGQUIT, signal.SIGKILL)):
            if attempt == 0:
                self.say(f"Ending {self.name}, left behind by an earlier run.")
            os.kill(pid, sign)
            deadline = time.monotonic() + STOP_SECONDS
            while time.monotonic() < deadline:
                if not works_in(pid, self.folder):
                    return
                time.sleep(0.05)


def open_log(path: Path) -> IO[bytes]:
    """For appending; what has grown over 5 MB is put aside once as ``<name>.1``."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > 5_000_000:
        path.replace(path.with_name(path.name + ".1"))
    return path.open("ab")


def user_arguments(identity: Identity | None) -> dict[str, Any]:
    """For subprocess: run as that user, with none of root's groups."""
    return {"user": identity.uid, "group": identity.gid, "extra_groups": []} if identity else {}


def dies_with_parent(sign: int) -> Callable[[], None] | None:
    """For subprocess' ``preexec_fn``: Linux sends the signal once the starting thread has ended.

    It runs after the change of user, which would clear it.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # found before the fork, where nothing may be loaded
    return lambda: prctl(1, int(sign), 0, 0, 0)  # 1: PR_SET_PDEATHSIG


def works_in(pid: int, folder: Path) -> bool:
    """Whether a process lives and is the server of that folder: a number alone proves nothing."""
    try:
        if Path("/proc/self/cwd").exists():  # not on macOS
            return Path(f"/proc/{pid}/cwd").readlink() == folder
        answer = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return str(folder) in answer.stdout or "redis-server 127.0.0.1" in answer.stdout
    except OSError:
        return False


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "it says nothing"
