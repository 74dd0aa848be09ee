"""The demo as ``make run`` starts it, in a folder of its own, and Meta's way in."""

import hashlib
import hmac
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from chatbo import embedded
from chatbo.embedded.record import free_port
from standins.client import Control

if TYPE_CHECKING:
    from benchmarks.crowd.running import Crowd

SECRET = b"demo-app-secret"
PAGE = "1001"
"""The demo's café, which is live."""
PATIENCE_SECONDS = 30
KEPT = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR")


class BenchmarkError(Exception):
    """Why there is no figure, in one sentence."""


def seconds_of(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


class Web:
    """One kept connection to the web process, as thin as the standard library has it.

    The client shares the machine with what it measures, so what it costs is in every figure.
    """

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        self._connection.close()

    def healthz(self) -> None:
        self._ask("GET", "/healthz", None, {})

    def look(self, address: str, cookie: str) -> None:
        """Open a page as somebody who is logged in."""
        self._ask("GET", address, None, {"Cookie": cookie, "Accept-Language": "de"})

    def deliver(self, event: dict[str, Any]) -> None:
        """Send one event of the café's page as Meta does, and wait for the 200."""
        now = int(time.time() * 1000)
        event = {"recipient": {"id": PAGE}, "timestamp": now, **event}
        entry = {"id": PAGE, "time": now, "messaging": [event]}
        body = json.dumps({"object": "page", "entry": [entry]}).encode()
        signature = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
        self._ask("POST", "/webhooks/meta/", body, headers)

    def _ask(self, verb: str, path: str, body: bytes | None, headers: dict[str, str]) -> None:
        try:
            answer = self._asked(verb, path, body, headers)
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            self._connection.close()  # The web process had, as nothing was asked for so long.
            answer = self._asked(verb, path, body, headers)
        answer.read()
        if answer.status != 200:
            raise BenchmarkError(f"{verb} {path} was answered {answer.status} instead of 200.")

    def _asked(
        self, verb: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        self._connection.request(verb, path, body, headers)
        return self._connection.getresponse()


@dataclass
class Demo:
    port: int
    var_dir: Path
    control: Control
    addresses: embedded.Addresses
    web: Web
    until_the_end: ExitStack

    @cached_property
    def crowd(self) -> "Crowd":
        """A million subscribers in a database of their own: made when first asked for."""
        from benchmarks.crowd.running import crowded

        return self.until_the_end.enter_context(crowded(self))

    @contextmanager
    def worker_held(self) -> Iterator[None]:
        """Without the worker, which would otherwise load the baselines with the work of ours."""
        group = self._leader_of("worker")
        os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(group, signal.SIGCONT)

    def _leader_of(self, name: str) -> int:
        """The process that the supervisor has recorded; each leads a group of its own."""
        recorded = json.loads((self.var_dir / "run" / "processes.json").read_text())
        for pid in map(int, recorded):
            command = ["ps", "-o", "command=", "-p", str(pid)]
            shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
            if name in shown.split():
                return pid
        raise BenchmarkError(f"The demo runs, but its {name} does not.")

    @contextmanager
    def another_web(self) -> Iterator[Web]:
        with closing(Web(self.port)) as web:
            yield web

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        """As the owner, who stands behind the policies; each statement commits by itself."""
        with psycopg.connect(self.addresses.owner_url, autocommit=True) as connection:
            yield connection

    def someone(self, name: str) -> "Person":
        return Person(self, self.control.add_person(name))


@dataclass
class Person:
    demo: Demo
    number: int

    @property
    def chat(self) -> str:
        return f"messenger-{PAGE}"

    @property
    def address(self) -> str:
        return self.demo.control.address(self.chat, person=self.number)

    def said(self) -> int:
        return len(self.demo.control.received(self.chat, person=self.number))

    def wait_for(self, count: int) -> None:
        """The times are the stand-in's own: looking seldom costs the product little."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.said() < count:
            if time.monotonic() > deadline:
                raise BenchmarkError(
                    f"Person {self.number} was told less than {count} messages"
                    f" in {PATIENCE_SECONDS} s."
                )
            time.sleep(0.04)

    def write(self, text: str, *, answers: int) -> None:
        """By the phone, which opens the window for answers."""
        before = self.said()
        self.demo.control.write(self.chat, text, person=self.number)
        self.wait_for(before + answers)

    def seconds_until_told(self, event: dict[str, Any]) -> float:
        """From the delivery of an event to the arrival of its one answer, at the platform."""
        address, before = self.address, self.said()
        latest = max((call["id"] for call in self.demo.control.calls("graph")), default=0)
        begin = time.time()
        self.demo.web.deliver({"sender": {"id": address}, **event})
        self.wait_for(before + 1)
        calls = self.demo.control.calls("graph", "/messages", after=latest)
        told = [call for call in calls if "message" in call["params"] and call["status"] == 200]
        if len(told) != 1:
            raise BenchmarkError(f"{len(told)} messages were sent where one was to be.")
        return float(told[0]["at"]) - begin


@contextmanager
def demo() -> Iterator[Demo]:
    """Start it, durable as in production, and end it again."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="chatbo-bench-") as folder:
        var_dir = Path(folder, "var")
        running = subprocess.Popen(
            [sys.executable, "-m", "infrastructure.supervisor"],
            env={
                **bare(),
                "DEBUG": "1",
                "MAKELEVEL": "1",  # ends with this process, even when that is killed
                "PORT": str(port),
                "VAR_DIR": str(var_dir),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            phone = _phone(running)
            known = embedded.addresses(var_dir)
            if known is None:
                raise BenchmarkError("The demo runs, but its servers' addresses are not known.")
            with closing(Web(port)) as web, ExitStack() as until_the_end:
                yield Demo(port, var_dir, Control(phone), known, web, until_the_end)
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)
            embedded.discard(var_dir)  # as root the data lies elsewhere, and is large


def bare() -> dict[str, str]:
    """None of the product's settings: a benchmark writes to nothing that somebody has set."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}


def _phone(running: subprocess.Popen[str]) -> str:
    """The stand-ins' address, from what the start prints; it ends with "Up in"."""
    address = ""
    assert running.stdout is not None
    for line in running.stdout:
        if "/phone/" in line:
            address = line.split()[-1].removesuffix("/phone/")
        if line.startswith("Up in"):
            return address
    raise BenchmarkError("The demo does not start: try `make run`.")
