"""``make bench``: every benchmark, or those named in ``ARGS``, beside its baseline of the same run.

A benchmark is a module here with ``measure(demo) -> Iterable[Figure]``. Only the ratio lasts from
one machine to another: ours and the baseline take turns, so a busy machine slows both.
"""

import sys
from importlib import import_module
from pathlib import Path

from benchmarks.figures import Figure, table
from benchmarks.running import BenchmarkError, demo

NOT_ONES = {"__init__", "figures", "run", "running"}


def names() -> list[str]:
    here = Path(__file__).parent
    return sorted(file.stem for file in here.glob("*.py") if file.stem not in NOT_ONES)


def main(wanted: list[str]) -> int:
    if unknown := [name for name in wanted if name not in names()]:
        sys.stderr.write(
            f"There is no benchmark {', '.join(unknown)}: choose from {', '.join(names())}.\n"
        )
        return 2
    figures: list[Figure] = []
    try:
        with demo() as running:
            for name in wanted or names():
                figures.extend(import_module(f"benchmarks.{name}").measure(running))
    except BenchmarkError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        print(table(figures))  # Also what was seen before it failed.
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
