"""What a connection of the pool remembers of whoever had it before: nothing."""

from typing import Any

import psycopg


def forget_session(connection: psycopg.Connection[Any]) -> None:
    """Make a connection that comes back to the pool as good as new.

    A scope ends with its transaction, but a session outlives it: temporary tables, cursors WITH
    HOLD, settings, advisory locks and LISTEN would all reach the next request. The pool calls this
    in its own thread, so that no request waits for it, and drops the connection where it fails.
    """
    connection.autocommit = True  # DISCARD ALL refuses to run in a transaction.
    connection.execute("DISCARD ALL")
    if connection.info.parameter_status("TimeZone") != "UTC":
        connection.execute("SET TIME ZONE 'UTC'")  # Django sets it only on new connections.
