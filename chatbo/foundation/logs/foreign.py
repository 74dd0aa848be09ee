"""What is kept of the lines that libraries write: their sentence, without the values in it."""

import re
from collections.abc import Mapping
from typing import Any

from structlog.typing import EventDict, WrappedLogger

NO_ROUTE = "(no such address)"
_WARNING = re.compile(r".*?:\d+: \w+")


class _Withheld:
    """Stands in a sentence for a value."""

    def __repr__(self) -> str:
        return "…"


def keep_the_sentence(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A structlog processor: fills a library's sentence with numbers and names of classes only.

    "Cannot connect to %s: %s" could name a customer, a path ("Internal Server Error: %s") opens
    somebody's confirmation link; the route ``accounts/confirm/<str:token>/`` tells as much.
    """
    record = event["_record"]
    arguments = event.pop("positional_args", ())
    event.pop("stack_info", None)
    request = getattr(record, "request", None)
    path, route = getattr(request, "path", ""), route_of(request)

    def shown(value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, BaseException):
            return type(value).__name__
        return route if path and value == path else _Withheld()

    said = _sentence(record.msg, arguments, shown)
    raised = event.get("exc_info")
    error = raised[1] if isinstance(raised, tuple) else None
    if error is not None and str(error):
        said = said.replace(str(error), type(error).__name__)
    if len(path) > 1:
        said = said.replace(path, route)
    if record.name == "py.warnings":
        said = matched.group() if (matched := _WARNING.match(said)) else "warning"
    if record.name.startswith("django.security."):
        event.pop("exc_info", None)  # A request that was refused is no fault of the code's.
    event["event"] = said
    return event


def route_of(request: Any) -> str:
    """The pattern of the address that a request has asked for, without what was filled in."""
    match = getattr(request, "resolver_match", None)
    return str(match.route) if match else NO_ROUTE


def _sentence(message: object, arguments: Any, shown: Any) -> str:
    if isinstance(message, BaseException):
        return type(message).__name__
    if not arguments:
        return str(message)
    values: Any = (
        {name: shown(value) for name, value in arguments.items()}
        if isinstance(arguments, Mapping)
        else tuple(map(shown, arguments))
    )
    try:
        return f"{str(message) % values}"
    except (TypeError, ValueError, KeyError):
        return str(message)  # "%d" of something that is no number
