"""The demo as ``make run`` starts it, in a folder of its own, and Meta's way in."""

import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from chatbo import embedded
from infrastructure.supervisor import free_port
from standins.client import Control

SECRET = b"demo-app-secret"
PAGE = "1001"
"""The demo's café, which is live."""


@dataclass
class Demo:
    url: str
    control: Control
    addresses: embedded.Addresses
    http: httpx.Client

    def deliver(self, event: dict[str, Any]) -> float:
        """Send one event of the café's page as Meta does; the seconds until its 200."""
        now = int(time.time() * 1000)
        event = {"recipient": {"id": PAGE}, "timestamp": now, **event}
        entry = {"id": PAGE, "time": now, "messaging": [event]}
        body = json.dumps({"object": "page", "entry": [entry]}).encode()
        signature = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
        begin = time.perf_counter()
        answer = self.http.post("/webhooks/meta/", content=body, headers=headers)
        seconds = time.perf_counter() - begin
        if answer.status_code != 200:
            raise RuntimeError(f"The webhook answered {answer.status_code}.")
        return seconds

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
        deadline = time.monotonic() + 30
        while self.said() < count:
            if time.monotonic() > deadline:
                raise RuntimeError(f"Nothing was said to person {self.number} for 30 s.")
            time.sleep(0.02)

    def write(self, text: str) -> None:
        """By the phone, which opens the window for answers."""
        before = self.said()
        self.demo.control.write(self.chat, text, person=self.number)
        self.wait_for(before + 1)

    def seconds_until_told(self, event: dict[str, Any]) -> float:
        """From the delivery of an event to the arrival of what is said next, at the platform."""
        address, before = self.address, self.said()
        latest = max((call["id"] for call in self.demo.control.calls("graph")), default=0)
        begin = time.time()
        self.demo.deliver({"sender": {"id": address}, **event})
        self.wait_for(before + 1)
        calls = self.demo.control.calls("graph", "/messages", after=latest)
        return float(calls[0]["at"]) - begin


@contextmanager
def demo() -> Iterator[Demo]:
    """Start it, durable as in production, and end it again."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="chatbo-bench-") as folder:
        var_dir = Path(folder, "var")
        running = subprocess.Popen(
            [sys.executable, "-m", "infrastructure.supervisor"],
            env={**_without_servers(), "PORT": str(port), "VAR_DIR": str(var_dir)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            phone = _phone(running)
            known = embedded.addresses(var_dir)
            if known is None:
                raise RuntimeError("The demo runs, but its servers' addresses are not known.")
            url = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=url, trust_env=False, timeout=30) as http:
                yield Demo(url, Control(phone), known, http)
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)


def _without_servers() -> dict[str, str]:
    """A benchmark never writes to servers that somebody has set."""
    own = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "META_GRAPH_URL", "TELEGRAM_API_URL")
    return {name: value for name, value in os.environ.items() if name not in own}


def _phone(running: subprocess.Popen[str]) -> str:
    """The stand-ins' address, from what the start prints; it ends with "Up in"."""
    address = ""
    assert running.stdout is not None
    for line in running.stdout:
        if "/phone/" in line:
            address = line.split()[-1].removesuffix("/phone/")
        if line.startswith("Up in"):
            return address
    raise RuntimeError("The demo does not start: try `make run`.")
