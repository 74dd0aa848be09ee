"""Two at once, each in a transaction of its own, in an order that is certain."""

import threading
from collections.abc import Callable

from django.db import connection, transaction


def meanwhile(first: Callable[[], object], second: Callable[[], object]) -> None:
    """The second one begins while the first has done its part and has not committed yet."""
    is_done, may_commit = threading.Event(), threading.Event()

    def do_first() -> None:
        with transaction.atomic():
            first()
            is_done.set()
            assert may_commit.wait(20)
        connection.close()

    def do_second() -> None:
        second()
        connection.close()

    threads = [threading.Thread(target=each) for each in (do_first, do_second)]
    threads[0].start()
    assert is_done.wait(20)
    threads[1].start()
    threads[1].join(0.7)
    may_commit.set()
    for thread in threads:
        thread.join(20)
