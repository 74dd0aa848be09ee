"""Many small pieces of work, of which none holds up the others by failing."""

from collections.abc import Callable, Iterable

import structlog

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.LOG, __name__, NoPersonalData("Which piece of work failed, and where."))

log = structlog.get_logger(__name__)


def one_by_one(pieces: Iterable[tuple[object, Callable[[], int]]]) -> int:
    """Do each, and say how much all have done; what fails is logged and left to the next time.

    Each comes with its name for the log: a row's number, or that of a function.
    """
    done = 0
    for name, piece in pieces:
        try:
            done += piece()
        except Exception:
            log.exception("piece_failed", part=str(name))
    return done
