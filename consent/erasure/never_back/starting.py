"""Before a process serves anybody, whoever was erased is gone from the database that it serves."""

from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, connection

from chatbo.foundation.isolation.starting import refuse_to_start


def replay_before_serving() -> None:
    """Carry out again what the database has forgotten (``replaying``), or end the process.

    With one line in the log that names what is in the way: an outside store that is away, a key
    that is missing, an entry that cannot be read.
    """
    # Late: the models are there only when Django has been set up.
    from consent.erasure.errors import OutsideStoreAwayError, ReplayIncompleteError

    try:
        # A thread of its own: a server's event loop, which may be running here, lets nobody ask
        # the database.
        with ThreadPoolExecutor(1) as apart:
            apart.submit(_replay_and_hang_up).result()
    except OutsideStoreAwayError:
        refuse_to_start("no tombstone lies in OUTSIDE_STORE_URL although the database knows some")
    except ReplayIncompleteError as error:
        refuse_to_start(
            f"erased people may be back: {error}; see `manage.py replay_erasures`",
        )
    except DatabaseError as error:
        refuse_to_start("the database cannot be asked about erasures", error=type(error).__name__)
    except OSError as error:
        refuse_to_start("OUTSIDE_STORE_URL cannot be read", error=type(error).__name__)


def _replay_and_hang_up() -> None:
    from consent.erasure.never_back.replaying import replay_erasures

    try:
        replay_erasures()
    finally:
        connection.close()
        # The process forks later; its children open their own.
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
