"""Taking one guard out of a copy, and looking which test notices."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

MIGRATE = Path("chatbo/foundation/isolation/management/commands/migrate.py")


@dataclass(frozen=True)
class Breakage:
    promise: str
    file: str
    guard: str
    instead: str
    tests: str
    migrate_looks: bool = True
    """Whether ``migrate`` compares the walls, as ever. It would end the tests at their beginning,
    and the attempts on the wall are to notice by themselves."""


def broken(copy: Path, breakage: Breakage) -> str:
    """The first test that notices, or a word in capitals that says what is wrong."""
    file = copy / breakage.file
    whole = file.read_text()
    looking = (copy / MIGRATE).read_text()
    if breakage.guard not in whole:
        return f"NOT FOUND in {breakage.file}: the code has changed, change the breakage too"
    file.write_text(whole.replace(breakage.guard, breakage.instead))
    if not breakage.migrate_looks:
        (copy / MIGRATE).write_text(looking.replace("if holes:", "if False:"))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", breakage.tests],
            cwd=copy,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        (copy / MIGRATE).write_text(looking)
        file.write_text(whole)
    red = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR tests"))]
    return f"red: {red[0].split('::')[-1].split(' - ')[0]}" if red else "NOT NOTICED by any test"
