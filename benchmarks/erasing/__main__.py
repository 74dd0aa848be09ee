"""``python -m benchmarks.erasing <people> <rounds>``: a process of its own, which prints JSON."""

import json
import sys

import django


def main(people: int, rounds: int) -> None:
    django.setup()
    from benchmarks.erasing.work import work

    print(json.dumps(work(people, rounds)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
