"""One at a time: who comes while it runs is told to come again, or waits."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection


def take_turn(what: str, whose: object) -> bool:
    """Whether nobody else is at it. The turn ends with the transaction, however that ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{what} {whose}"]
        )
        (is_free,) = cursor.fetchone()
    return bool(is_free)


def wait_for_turn(what: str, whose: object) -> None:
    """Wait until nobody else is at it. The turn ends with the transaction, however that ends.

    For rows that nobody may update, and so nobody may lock. What is read after this is as the one
    before left it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{what} {whose}"])


@contextmanager
def turn_of_its_own(what: str) -> Iterator[None]:
    """Wait until nobody else is at it, and keep the turn over any number of transactions.

    On a connection of its own, with which it ends, also where the process is killed.
    """
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as own:
        own.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [what])
        yield
