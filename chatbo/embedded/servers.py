"""Both servers together: started, stopped, thrown away."""

import dataclasses
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from chatbo.embedded.binaries import EmbeddedError
from chatbo.embedded.folder import MARKER, claim, is_ours, write_private
from chatbo.embedded.postgres import Postgres, home_of
from chatbo.embedded.record import Addresses, addresses, is_free, make_addresses, random_port
from chatbo.embedded.redis import Redis
from chatbo.embedded.server import Server


def start(
    var_dir: Path,
    *,
    durable: bool = True,
    postgres: bool = True,
    redis: bool = True,
    say: Callable[[str], None] = lambda line: print(line, file=sys.stderr),  # noqa: T201
) -> "Servers":
    """Start both servers, made on the first call, or only one of them; the data outlive them.

    ``durable=False`` is for tests: nothing waits for the disk, and ``stop()`` deletes the data
    if this call made them.
    They end with the thread that calls this, even if it is killed (Linux).
    Raises EmbeddedError, whose text is one sentence for the user.
    """
    wanted = [kind for kind, is_wanted in ((Postgres, postgres), (Redis, redis)) if is_wanted]
    return Servers(Path(var_dir).resolve(), wanted, durable=durable, say=say)


class Servers:
    """Both servers, running. Stop them by ``stop()`` or by leaving the ``with`` block."""

    def __init__(
        self,
        var_dir: Path,
        kinds: "Sequence[type[Server]]",
        *,
        durable: bool,
        say: Callable[[str], None],
    ) -> None:
        is_new = not (var_dir / MARKER).exists()
        self._lock = claim(var_dir, "embedded.lock")
        self._servers: list[Server] = []
        self._passing = False
        self.var_dir = var_dir
        try:
            known = addresses(var_dir)
            self._passing = not durable and known is None
            self.addresses = known or make_addresses()
            self._servers = [kind(var_dir, durable=durable, say=say) for kind in kinds]
            for server in self:
                if known is None:
                    server.expect_no_data(discard=is_new)
                server.end_leftover()
            self._settle(self._free_ports())
            for server in self:
                server.prepare(self.addresses)
                server.launch(self.addresses)
            for server in self:
                server.wait()
                server.complete(self.addresses)
        except BaseException:
            self.stop()
            raise

    @property
    def owner_url(self) -> str:
        return self.addresses.owner_url

    @property
    def app_url(self) -> str:
        return self.addresses.app_url

    @property
    def superuser_url(self) -> str:
        return self.addresses.superuser_url

    @property
    def redis_url(self) -> str:
        return self.addresses.redis_url

    def __iter__(self) -> "Iterator[Server]":
        return iter(self._servers)

    def stop(self) -> None:
        """End both, orderly, and give VAR_DIR free. Twice is once."""
        if self._lock.closed:
            return
        for server in self:
            server.begin_stop()
        for server in self:
            server.finish_stop()
        if self._passing:
            _delete_data(self.var_dir)
        self._lock.close()

    def _free_ports(self) -> Addresses:
        """The remembered ports; another one for each that somebody else listens on by now."""
        postgres, redis = self.addresses.postgres_port, self.addresses.redis_port
        while not is_free(postgres):
            postgres = random_port()
        while not is_free(redis) or redis == postgres:
            redis = random_port()
        return dataclasses.replace(self.addresses, postgres_port=postgres, redis_port=redis)

    def _settle(self, chosen: Addresses) -> None:
        self.addresses = chosen
        write_private(
            self.var_dir / "embedded.json", json.dumps(dataclasses.asdict(chosen), indent=2)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def discard(var_dir: Path) -> None:
    """Empty VAR_DIR, and what lies outside for it. Refuses while it is in use or not ours."""
    var_dir = Path(var_dir).resolve()
    if not var_dir.exists():
        return
    if not is_ours(var_dir):
        raise EmbeddedError(f"{var_dir} was not made by ChatBo: delete it by hand, if you mean it.")
    with claim(var_dir, "run.lock"), claim(var_dir, "embedded.lock"):
        for server in (Postgres, Redis):
            server(var_dir, durable=True, say=lambda line: None).end_leftover()
        _delete_data(var_dir)
        for path in var_dir.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def _delete_data(var_dir: Path) -> None:
    """Only what the servers wrote, and the record of their passwords with it."""
    for folder in (home_of(var_dir), var_dir / "redis"):
        if folder.exists():
            shutil.rmtree(folder)
    (var_dir / "embedded.json").unlink(missing_ok=True)
