"""One value, one row, also while processes disagree on which key is the newest."""

from collections.abc import Sequence

from django.db import connection


def hold_value(digests: Sequence[str]) -> None:
    """Let nobody else make a row for the value of these blind indexes until the transaction ends.

    A unique index compares digests under one key. While processes are restarted with a new key
    two of them would write the same value under different ones: look it up after this call,
    with ``__in``. The smallest digest is the same for both, whichever key they call the newest.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(min(digests)[:15], 16)])
