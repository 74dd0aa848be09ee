"""Children that are ended for certain, and strangers that are left alone."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infrastructure import processes
from infrastructure.processes import Deaths, Process, birth

STUBBORN = "trap '' TERM; echo ready; while :; do sleep 0.05; done"


@pytest.fixture
def stubborn(tmp_path: Path) -> Iterator[Process]:
    """A child that does not hear SIGTERM."""
    process = Process("stubborn", ["sh", "-c", STUBBORN], environment={}, log=tmp_path / "log")
    process.start()
    while "ready" not in process.log.read_text():
        time.sleep(0.01)
    yield process
    process.end(seconds=0)


def test_whoever_does_not_hear_is_killed_in_the_end(
    stubborn: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.3)

    processes.end_all([stubborn])

    assert not stubborn.is_running
    assert birth(stubborn.pid) == ""


def test_what_a_killed_run_left_behind_is_ended(
    stubborn: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.3)
    file = tmp_path / "processes.json"
    processes.record(file, [stubborn])

    assert processes.end_leftovers(file) == 1
    assert birth(stubborn.pid) == ""
    assert processes.end_leftovers(file) == 0


def test_a_later_process_with_the_same_number_is_spared(stubborn: Process, tmp_path: Path) -> None:
    file = tmp_path / "processes.json"
    file.write_text(json.dumps({str(stubborn.pid): "another birth"}))

    assert processes.end_leftovers(file) == 0
    assert stubborn.is_running


def test_a_child_that_hid_in_a_session_of_its_own_is_found(tmp_path: Path) -> None:
    """In a process of its own, because it adopts: the tests would adopt ever after."""
    hiding = f"setsid sh -c 'echo $$ > {tmp_path}/pid; exec sleep 60' > /dev/null 2>&1 &"
    code = (
        "import subprocess, time; from pathlib import Path; from infrastructure import processes\n"
        "processes.adopt_orphans()\n"
        f"subprocess.run(['sh', '-c', {hiding!r}], check=True)\n"
        f"file = Path({str(tmp_path / 'pid')!r})\n"
        "while not (file.exists() and file.read_text()): time.sleep(0.01)\n"
        "pid = int(file.read_text())\n"
        "before = bool(processes.birth(pid))\n"
        "processes.end_adopted()\n"
        "print(before, bool(processes.birth(pid)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "True False\n"


def test_each_death_in_a_row_makes_the_pause_longer() -> None:
    deaths = Deaths()
    pauses = []
    while not deaths.are_too_many:
        deaths.count()
        pauses.append(deaths.pause)

    assert pauses == [1, 2, 4, 8, 16]
