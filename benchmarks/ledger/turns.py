"""Writers in processes of their own, which write when told: they take turns, or write together.

Threads would wait for each other in Python, and what is compared would look more alike than it is.
"""

import multiprocessing
from collections.abc import Callable, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from typing import Any, Self

from benchmarks.running import BenchmarkError, seconds_of

Write = Callable[[], object]
Opens = Callable[..., Write]
"""Makes, in the process itself, what writes one row and returns when it lies on the disk."""


class Writer:
    """One such process. ``opens`` and its arguments are carried over to it."""

    def __init__(self, opens: Opens, *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, opens, arguments), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        self._answer()  # it is ready
        return self

    def __exit__(self, *error: object) -> None:
        self._pipe.close()
        self._process.join(10)

    def begin(self, times: int) -> None:
        self._pipe.send(times)

    def seconds(self) -> list[float]:
        """What each time took, once all are done."""
        return self._answer()

    def _answer(self) -> list[float]:
        try:
            said: list[float] = self._pipe.recv()
        except EOFError as error:
            raise BenchmarkError("A writer has ended; what it said stands above.") from error
        return said


def _serve(pipe: Connection, opens: Opens, arguments: tuple[Any, ...]) -> None:
    write = opens(*arguments)
    pipe.send([])
    while True:
        try:
            times = pipe.recv()
        except EOFError:
            return
        pipe.send([seconds_of(write) for _ in range(times)])


@contextmanager
def started(*writers: Writer) -> Any:
    with ExitStack() as stack:
        yield [stack.enter_context(writer) for writer in writers]


def alone(sides: Sequence[Writer], *, rounds: int, times: int) -> list[list[float]]:
    """One writer of each side after the other: what each row took, by side."""
    took: list[list[float]] = [[] for _ in sides]
    for round_ in range(-1, rounds):  # The first one does not count.
        for place in _in_turn(len(sides), round_):
            sides[place].begin(times)
            seconds = sides[place].seconds()
            if round_ >= 0:
                took[place] += seconds
    return took


def together(sides: Sequence[Sequence[Writer]], *, rounds: int, times: int) -> list[list[float]]:
    """All writers of one side at once, then those of the next: rows a second, by side."""
    rates: list[list[float]] = [[] for _ in sides]
    for round_ in range(-1, rounds):
        for place in _in_turn(len(sides), round_):
            writers = sides[place]
            seconds = seconds_of(lambda writers=writers: _all(writers, times))
            if round_ >= 0:
                rates[place].append(len(writers) * times / seconds)
    return rates


def _all(writers: Sequence[Writer], times: int) -> None:
    for writer in writers:
        writer.begin(times)
    for writer in writers:
        writer.seconds()


def _in_turn(count: int, round_: int) -> list[int]:
    """Who begins changes with each round."""
    return [(round_ + place) % count for place in range(count)]
