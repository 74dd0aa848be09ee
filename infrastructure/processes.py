"""Processes that the supervisor starts: each in a session of its own, found again by its birth."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from chatbo.embedded import dies_with_parent, open_log

STOP_SECONDS = 12
PATIENCE = 5  # deaths ...
PATIENCE_SECONDS = 90  # ... within this time are too many


class Deaths:
    """How often something died lately; says how long to wait before the next attempt."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=PATIENCE)

    def count(self) -> None:
        self._times.append(time.monotonic())

    @property
    def are_too_many(self) -> bool:
        full = len(self._times) == PATIENCE
        return full and time.monotonic() - self._times[0] < PATIENCE_SECONDS

    @property
    def pause(self) -> float:
        """1, 2, 4, 8 seconds after deaths in a row."""
        lately = [t for t in self._times if time.monotonic() - t < PATIENCE_SECONDS]
        return float(2 ** (len(lately) - 1)) if lately else 0.0


class Process:
    """One long-running child, with its own log and process group."""

    def __init__(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        self.deaths = Deaths()
        self.start_again_at: float | None = None
        self._command = list(command)
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.start_again_at = None
        with open_log(self.log) as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the supervisor only
                preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 (no threads here)
            )

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        """Only the first of the group: it knows how to end its own children orderly."""
        if self._process is not None and self.is_running:
            self._process.terminate()

    def end(self, *, seconds: float) -> None:
        if self._process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(seconds, 0.1))
        end_group(self.pid, signal.SIGKILL)
        self._process.wait()


def end_group(leader: int, sign: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, sign)


def end_all(processes: Sequence[Process]) -> None:
    """Orderly first, by force in the end."""
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        process.ask_to_stop()
    for process in processes:
        process.end(seconds=deadline - time.monotonic())


def adopt_orphans() -> None:
    """Descendants whose parent has ended become this process' children, so none gets lost."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def end_adopted() -> None:
    """End what is left of this process' descendants, in whatever group they are."""
    if sys.platform != "linux":
        return
    mine = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    while mine.exists() and (children := mine.read_text().split()):
        for pid in map(int, children):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)  # its children are adopted now: look again


def birth(pid: int) -> str:
    """What tells this process from a later one with the same number; empty if it has ended."""
    if sys.platform == "linux":
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return ""
        return "" if fields[0] == "Z" else f"{boot} {fields[19]}"
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def record(file: Path, processes: Sequence[Process]) -> None:
    """Write down what runs, for the start after a sudden end."""
    births = {str(process.pid): birth(process.pid) for process in processes if process.is_running}
    part = file.with_suffix(".part")
    part.write_text(json.dumps(births))
    part.replace(file)


def end_leftovers(file: Path) -> int:
    """End what a run that was killed has left; only what surely is the same. How many it was."""
    try:
        recorded: dict[str, str] = json.loads(file.read_text())
    except (OSError, ValueError):
        return 0
    leaders = [int(pid) for pid, born in recorded.items() if born and birth(int(pid)) == born]
    for sign, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 2)):
        for leader in leaders:
            if birth(leader) == recorded[str(leader)]:
                end_group(leader, sign)
        deadline = time.monotonic() + seconds
        while any(birth(leader) for leader in leaders) and time.monotonic() < deadline:
            time.sleep(0.05)
    file.unlink()
    return len(leaders)
