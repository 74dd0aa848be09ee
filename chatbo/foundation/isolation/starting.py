"""Before a process serves anybody it looks at the walls, and does not start without them."""

from typing import NoReturn

import psycopg
import structlog
from django.db import connection

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.LOG, __name__, NoPersonalData("Which table has no wall."))

log = structlog.get_logger(__name__)

DATABASE_SECONDS = 10


def refuse_without_walls() -> None:
    """End the process where isolation has a hole, with one line in the log that names the table.

    Where the database does not answer, nobody knows whether it has one: the process ends too, and
    whoever runs it starts it again.
    """
    # Late: the models are there only when Django has been set up.
    from chatbo.foundation.isolation.walls import holes_for_application

    try:
        # A connection of its own, closed before the process forks or fills its pool.
        with (
            psycopg.connect(
                **connection.get_connection_params() | {"connect_timeout": DATABASE_SECONDS}
            ) as own,
            own.cursor() as cursor,
        ):
            holes = [hole for hole in holes_for_application(cursor) if hole.stops]
    except psycopg.Error as error:
        refuse_to_start("the database cannot be asked about isolation", error=type(error).__name__)
    if holes:
        refuse_to_start(
            f"isolation has a hole: {holes[0]}",
            tables=sorted({hole.table for hole in holes}),
            all_of_them="manage.py check --database default",
        )


def refuse_to_start(reason: str, **facts: object) -> NoReturn:
    """End the process with one line in the log that says why."""
    log.critical("not_started", reason=reason, **facts)
    raise SystemExit(1)
