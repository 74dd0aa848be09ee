"""Everything a request may touch: settings, memory, clock, and what goes out."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from standins import seeds
from standins.outbox import Outbox
from standins.store import Store


@dataclass(frozen=True)
class Config:
    """How the stand-ins were started. The demo's values are the defaults."""

    folder: Path
    webhook: str = "http://127.0.0.1:8000"
    app_id: str = "demo-app"
    app_secret: str = field(default="demo-app-secret", repr=False)
    verify_token: str = field(default="demo-verify-token", repr=False)
    #: Seconds before each further try of a failed delivery. Then it is given up.
    retries: tuple[float, ...] = (0.5, 2, 5, 15, 30)
    #: Meta waits five seconds for its 200.
    patience: float = 5

    @property
    def app_token(self) -> str:
        return f"{self.app_id}|{self.app_secret}"


class World:
    """One run of the stand-ins."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.store = Store(config.folder)
        self.outbox = Outbox(config, self.store)
        seeds.plant(self.store)

    def setting(self, name: str, default: str = "") -> str:
        row = self.store.row("SELECT value FROM settings WHERE name = ?", name)
        return str(row["value"]) if row else default

    def set(self, name: str, value: str) -> None:
        self.store.run("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, value)

    def now(self) -> float:
        """The platforms' time: the machine's, plus what a test or the demo let pass."""
        return time.time() + float(self.setting("clock_shift", "0"))

    def let_pass(self, seconds: float) -> float:
        """Let time pass for the platforms (24 hour windows, rate limits, expiries)."""
        with self.store.transaction():
            shift = float(self.setting("clock_shift", "0")) + seconds
            self.set("clock_shift", str(shift))
        return shift

    def reset(self) -> None:
        """As on the first day."""
        with self.outbox.paused():
            self.store.recreate()
            seeds.plant(self.store)

    def close(self) -> None:
        self.outbox.stop()
        self.store.close()
