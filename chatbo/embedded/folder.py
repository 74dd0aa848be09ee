"""``VAR_DIR``: whose it is, who uses it now, and files in it that nobody else may read."""

import fcntl
import os
from pathlib import Path
from typing import IO

from chatbo.embedded.binaries import EmbeddedError

MARKER = ".chatbo-var-dir"


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
        if not is_ours(var_dir):
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


def is_ours(var_dir: Path) -> bool:
    """Marked by an earlier run, begun by the settings (secrets.json), or still empty."""
    known = any((var_dir / name).exists() for name in (MARKER, "secrets.json"))
    return known or not any(var_dir.iterdir())


def write_private(path: Path, text: str) -> None:
    """Readable by the owner alone from its first moment, and whole or not there."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    part.replace(path)
