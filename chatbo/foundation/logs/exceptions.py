"""What of an exception may stand in a log.

Messages of exceptions quote: PostgreSQL the row that was refused, SMTP the address, httpx the whole
URL with its token, pydantic the value, ``KeyError`` the key. So none is logged, and no local
variable; which class was raised where in the code is enough to find the fault.
"""

import errno
from collections.abc import Iterator
from pathlib import Path
from smtplib import SMTPResponseException
from traceback import walk_tb
from types import CodeType, TracebackType

import psycopg

from chatbo.foundation.logs.net import hidden

_ROOT = str(Path(__file__).resolve().parents[3])
MOST_PLACES = 40

Raised = tuple[type[BaseException], BaseException, TracebackType | None]


def exception_in_one_line(exc_info: Raised) -> str:
    """``<class> [<facts>] at <place> < <place> ...; because of <class> ...``.

    The place where it was raised comes first. Causes follow, and the parts of a group.
    """
    return "; because of ".join(map(_one, _chain(exc_info[1])))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what has led to it, as Python would print it."""
    seen: set[int] = set()
    todo = [error]
    while todo:
        current = todo.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        cause = current.__cause__
        if cause is None and not current.__suppress_context__:
            cause = current.__context__
        if cause is not None:
            todo.append(cause)
        if isinstance(current, BaseExceptionGroup):
            todo += reversed(current.exceptions)


def _one(error: BaseException) -> str:
    kind = type(error)
    name = (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
    facts = " ".join(f"{fact}={hidden(str(value))}" for fact, value in facts_of(error) if value)
    places = [_place(frame.f_code, line) for frame, line in walk_tb(error.__traceback__)][::-1]
    return "".join(
        [
            name,
            f" [{facts}]" if facts else "",
            f" at {' < '.join(places[:MOST_PLACES])}" if places else "",
        ]
    )


def facts_of(error: BaseException) -> Iterator[tuple[str, object]]:
    """What a kind of exception may tell: codes and names out of code and schema, never a value.

    An error of ours lists the attributes that hold such codes in ``facts_for_the_log``.
    """
    if isinstance(error, psycopg.Error):
        yield "sqlstate", error.sqlstate
        yield "table", error.diag.table_name
        yield "column", error.diag.column_name
        yield "constraint", error.diag.constraint_name
    elif isinstance(error, SMTPResponseException):
        yield "smtp_code", error.smtp_code
    elif isinstance(error, OSError):
        yield "errno", errno.errorcode.get(error.errno or 0)
    for fact in getattr(error, "facts_for_the_log", ()):
        yield fact, getattr(error, fact)


def _place(code: CodeType, line: int) -> str:
    file = code.co_filename.rpartition("/site-packages/")[2].removeprefix(f"{_ROOT}/")
    return f"{file}:{line} {code.co_qualname}"
