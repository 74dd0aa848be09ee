"""Worker processes of their own that die by SIGKILL at a step of an erasure, or take their time.

    with workers.hired(environment) as hire:
        assert hire(tenant=..., event=..., dies="before the tombstone").end() == -signal.SIGKILL

One process has Django ready and forks each worker, as Celery's own prefork does. What a worker
wakes waits in its own memory and dies with it, as in a Redis that forgets.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]

# What the step is called here -> where it is in the product, and on which side of it to die.
STEPS = {
    "webhook stored, nobody at work": ("chatbo.conversation.tasks.work_on", "before"),
    "event claimed": ("chatbo.conversation.handling.answer_event", "before"),
    "wish written, not committed": ("chatbo.conversation.handling.request_erasure", "after"),
    "wish committed, nobody called": ("consent.erasure.tasks.wake", "before"),
    "erasure claimed": ("consent.erasure.tasks._delete_one", "before"),
    "before the tombstone": ("consent.erasure.never_back.tombstones.put_up", "before"),
    "tombstone outside, not noted": ("consent.erasure.never_back.tombstones.put_up", "after"),
    "before the deletion": ("consent.erasure.tasks.delete_subject", "before"),
    "rows deleted, nothing noted": ("consent.erasure.deletion.end_rows", "after"),
    "all rows deleted, not committed": ("consent.erasure.deletion.record", "after"),
    "deletion committed": ("consent.erasure.tasks._remove_files", "before"),
    "file gone, not noted": ("consent.erasure.tasks.default_storage.delete", "after"),
    "files gone": ("consent.erasure.tasks._tell", "before"),
    "before sending": ("consent.erasure.tasks.send", "before"),
    "platform has answered": ("consent.erasure.tasks.send", "after"),
    "noted, not committed": ("consent.erasure.tasks.Erasure.finish", "after"),
    "noted": ("consent.erasure.tasks._close", "after"),
}


class Worker:
    """One that was hired."""

    def __init__(self, master: "subprocess.Popen[str]", number: str) -> None:
        self._master = master
        self._number = number

    def end(self) -> int:
        """Wait for it; minus the signal's number where one has killed it."""
        return int(_ask(self._master, {"wait": self._number}))


Hiring = Callable[..., Worker]


@contextmanager
def hired(environment: Mapping[str, str]) -> Iterator[Hiring]:
    """A function that hires a worker: for the event of a business, or else for an erasure of it.

    ``dies`` names the step at which it kills itself, ``waits`` the one at which it stands still for
    half a second; ``settings`` are the test's own.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "tests.consent.erasure.workers"],
        cwd=ROOT,
        env={**os.environ, **environment, "DJANGO_SETTINGS_MODULE": "chatbo.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as master:
        yield lambda **order: Worker(master, _ask(master, order))
        assert master.stdin is not None
        master.stdin.close()


def _ask(master: "subprocess.Popen[str]", order: Mapping[str, Any]) -> str:
    assert master.stdin is not None
    assert master.stdout is not None
    print(json.dumps(order), file=master.stdin, flush=True)
    return master.stdout.readline().strip()


def _run() -> None:
    import django

    django.setup()
    from chatbo.celery import app

    app.loader.import_default_modules()
    for line in sys.stdin:
        order = json.loads(line)
        if number := order.get("wait"):
            _, status = os.waitpid(int(number), 0)
            _answer(os.waitstatus_to_exitcode(status))
        elif number := os.fork():
            _answer(number)
        else:
            _work(**order)
            return


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _work(
    *,
    settings: Mapping[str, Any],
    tenant: str,
    event: str = "",
    erasure: str = "",
    dies: str = "",
    waits: str = "",
) -> None:
    from celery import Task, current_app
    from django.conf import settings as own

    for name, value in settings.items():
        setattr(own, name, value)
    called: list[tuple[Any, ...]] = []
    Task.apply_async = lambda task, args=None, *_, **__: called.append((task.name, *args))  # type: ignore[method-assign]
    if dies:
        _change(dies, lambda: os.kill(os.getpid(), 9))
    if waits:
        _change(waits, _stand_still)
    first = ("conversation.handle_event", event) if event else ("erasure.carry_out", erasure)
    called.append((first[0], tenant, first[1]))
    while called:
        name, *args = called.pop(0)
        current_app.tasks[name](*args)


def _stand_still() -> None:
    import time

    time.sleep(0.5)


def _change(step: str, stop: Callable[[], None]) -> None:
    from django.utils.module_loading import import_string

    path, when = STEPS[step]
    place, _, name = path.rpartition(".")
    try:
        holder = import_string(place)
    except ImportError:
        holder = __import__(place, fromlist=[name])
    real = getattr(holder, name)

    def stopped(*args: Any, **more: Any) -> Any:
        if when == "before":
            stop()
        result = real(*args, **more)
        if when == "after":
            stop()
        return result

    setattr(holder, name, stopped)


if __name__ == "__main__":
    _run()
