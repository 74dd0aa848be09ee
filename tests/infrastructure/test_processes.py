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
    code = (
        "import subprocess, sys; from infrastructure import processes as p; p.adopt_orphans()\n"
        f"hide = [*'setsid -f sh -c'.split(), 'echo $$ > {tmp_path}/pid; exec sleep 60']\n"
        "subprocess.run(['sh', '-c', 'setsid -f \"$@\"', 'sh', *hide[2:]], check=True)\n"
        f"import time; from pathlib import Path; pid = Path('{tmp_path}/pid')\n"
        "while not pid.exists() or not pid.read_text(): time.sleep(0.01)\n"
        "assert p.birth(int(pid.read_text()))\n"
        "p.end_adopted()\n"
        "print(repr(p.birth(int(pid.read_text()))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "''\n"


def test_each_death_in_a_row_makes_the_pause_longer() -> None:
    deaths = Deaths()
    pauses = []
    while not deaths.are_too_many:
        deaths.count()
        pauses.append(deaths.pause)

    assert pauses == [1, 2, 4, 8, 16]
