"""What the product leaves behind while a story goes through it, and what of it names somebody."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.journey.processes import Product
from tests.journey.surfing import Surfer

SECRET = "quollisecret lange nicht gehört"
MARK = "quolli"
"""In every word that is planted, in none of the product's, and not to be had by chance."""


@dataclass
class Evidence:
    """All that the product has left behind. ``secrets``: what it made, or platforms did."""

    product: Product
    surfers: list[Surfer] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def surfer(self) -> Surfer:
        self.surfers.append(Surfer(self.product.url, password=SECRET))
        return self.surfers[-1]

    def logs(self) -> str:
        """Of web, worker and schedule."""
        return _logs_in(self.product.var_dir)

    def server_logs(self) -> str:
        """Of the run's PostgreSQL and Redis."""
        return _logs_in(Path(os.environ["VAR_DIR"]))

    def found_in(self, text: str, *, but: tuple[str, ...] = ()) -> list[str]:
        """Which planted words and secrets stand in a text, each with what stands around it."""
        words = [MARK, *(value for name, value in self.secrets.items() if name not in but)]
        return [
            text[max(hit.start() - 80, 0) : hit.end() + 80]
            for word in words
            for hit in re.finditer(re.escape(word), text, re.I)
        ]


def _logs_in(folder: Path) -> str:
    logs = sorted((folder / "logs").glob("*.log"))
    return "\n".join(log.read_text(errors="replace") for log in logs)


@contextmanager
def listening(url: str, heard: list[str]) -> Iterator[None]:
    """Hear each command that any process gives to Redis."""
    with Redis.from_url(url) as redis, redis.monitor() as monitor:

        def listen() -> None:
            try:
                heard.extend(command["command"] for command in monitor.listen())
            except (RedisError, OSError, ValueError):
                return  # closed below

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield
        monitor.connection.disconnect()
        thread.join(timeout=5)
