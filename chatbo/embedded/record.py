"""Ports and log-ins of the embedded servers, as ``VAR_DIR/embedded.json`` remembers them."""

import dataclasses
import json
import random
import secrets
import socket
from pathlib import Path

DATABASE = "chatbo"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Addresses:
    """Ports and log-ins of the embedded servers, whether or not they run at the moment."""

    postgres_port: int
    redis_port: int
    superuser_password: str = dataclasses.field(repr=False)
    owner_password: str = dataclasses.field(repr=False)
    app_password: str = dataclasses.field(repr=False)
    redis_password: str = dataclasses.field(repr=False)

    @property
    def owner_url(self) -> str:
        """The role that owns the tables: migrations, dumps, the tests' set-up."""
        return self._postgres_url("chatbo_owner", self.owner_password, DATABASE)

    @property
    def app_url(self) -> str:
        """The role that the application logs in as; row-level security binds it."""
        return self._postgres_url("chatbo_app", self.app_password, DATABASE)

    @property
    def superuser_url(self) -> str:
        """For the set-up of the roles, and for pg_basebackup."""
        return self._postgres_url("postgres", self.superuser_password, "postgres")

    @property
    def redis_url(self) -> str:
        """Database 0; the tests may use 1 to 15."""
        return f"redis://:{self.redis_password}@127.0.0.1:{self.redis_port}/0"

    def _postgres_url(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{self.postgres_port}/{database}"


def addresses(var_dir: Path) -> Addresses | None:
    """What ``start`` recorded; None if it never ran here, or for another user."""
    try:
        return Addresses(**json.loads((var_dir / "embedded.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def make_addresses() -> Addresses:
    return Addresses(
        postgres_port=random_port(),
        redis_port=random_port(),
        **{
            f"{name}_password": secrets.token_urlsafe(24)
            for name in ("superuser", "owner", "app", "redis")
        },
    )


def random_port() -> int:
    """Below the ports that systems hand out for outgoing connections, so it stays free longer."""
    return random.SystemRandom().randrange(20_000, 32_000)


def free_port() -> int:
    while not is_free(port := random_port()):
        pass
    return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
