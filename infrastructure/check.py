"""``make check``: every tool that needs no running product, two at a time, each with its time."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chatbo import embedded

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
# The slowest first, so that the others fit beside it.
TOOLS = {
    "types": [PYTHON, "-m", "mypy"],
    "templates": [PYTHON, "-m", "djlint", "--quiet", "--lint", "templates"],
    "layers": [PYTHON, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
    # Migrates the empty database, and fails where a table that this makes has no wall.
    "walls": [PYTHON, "manage.py", "migrate", "--verbosity", "0"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "django": [PYTHON, "manage.py", "check", "--fail-level", "WARNING"],
    "translations": [PYTHON, "-m", "infrastructure.translations"],
    "scripts": ["npm", "run", "--silent", "check"],
    "lint": [PYTHON, "-m", "ruff", "check", "--quiet", "."],
    "format": [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."],
    "shell": ["bash", "-n", ".ci/run"],
}


def main() -> int:
    begin = time.monotonic()
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(prefix="chatbo-check-") as folder:
        try:
            # A real server, because Django asks it for its version and the state of migrations.
            with embedded.start(Path(folder), durable=False, say=lambda line: None) as servers:
                environment = {
                    **os.environ,
                    "PATH": f"{Path(PYTHON).parent}:{os.environ.get('PATH', os.defpath)}",
                    "DEBUG": "1",
                    "VAR_DIR": folder,
                    "DATABASE_URL": servers.app_url,
                    "DATABASE_OWNER_URL": servers.owner_url,
                    "REDIS_URL": servers.redis_url,
                }
                with ThreadPoolExecutor(max_workers=2) as pool:
                    tools = list(TOOLS)
                    results = list(pool.map(lambda name: run(name, environment), tools))
        except embedded.EmbeddedError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    failed = [name for name, succeeded in zip(tools, results, strict=True) if not succeeded]
    print(f"{'all':<14}{time.monotonic() - begin:6.1f} s")
    if failed:
        sys.stderr.write(f"Not in order: {', '.join(failed)}.\n")
    return 1 if failed else 0


def run(name: str, environment: dict[str, str]) -> bool:
    begin = time.monotonic()
    command: Sequence[str] = TOOLS[name]
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    succeeded = done.returncode == 0
    report = f"{name:<14}{time.monotonic() - begin:6.1f} s  {'ok' if succeeded else 'FAILED'}\n"
    if not succeeded:
        report += re.sub(r"(?m)^", "    ", done.stdout.strip()) + "\n"
    print(report, end="", flush=True)
    return succeeded


if __name__ == "__main__":
    sys.exit(main())
