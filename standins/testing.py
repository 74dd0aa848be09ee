"""The stand-ins for a test: on a free port, with a memory of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from standins.client import Control
from standins.server import StandIns
from standins.world import Config


class Running:
    """Their addresses as the product's settings want them, and the control interface."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.graph_url = f"{url}/graph"
        self.telegram_url = f"{url}/telegram"
        self.facebook_url = f"{url}/facebook"
        self.control = Control(url)


@contextmanager
def running(
    var: Path,
    *,
    webhook: str = "",
    port: int = 0,
    retries: tuple[float, ...] = (0.05, 0.1, 0.2),
    patience: float = 5,
) -> Iterator[Running]:
    """Serve the stand-ins in a thread. Without a webhook Meta's events reach nobody."""
    config = Config(folder=var, webhook=webhook, retries=retries, patience=patience)
    standins = StandIns(config, port=port)
    standins.start()
    try:
        yield Running(standins.url)
    finally:
        standins.close()
