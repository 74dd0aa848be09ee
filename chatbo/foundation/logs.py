"""How the product logs, and what must not stand in a log."""

from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
]
_LEVELS = {
    # httpx logs whole addresses, tokens included.
    "httpx": "WARNING",
    "httpcore": "WARNING",
    "weasyprint": "ERROR",
    "fontTools": "WARNING",
    # Reports each forged file that somebody hands to /verify/, with a traceback.
    "pyhanko": "CRITICAL",
}


def logging_to_stderr(*, readable: bool) -> dict[str, Any]:
    """Django's ``LOGGING``: one line an event, ``readable`` or JSON. Sets structlog up alike."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    structured = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
            if readable
            else structlog.processors.JSONRenderer(),
        ],
        "foreign_pre_chain": [*_SHARED, name_routes],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": structured},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {name: {"level": level} for name, level in _LEVELS.items()},
    }


def name_routes(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A structlog processor: tells the route instead of the address that was asked for.

    Django logs the path of each request that fails. In ours stand codes and tokens: whoever
    reads the log could open somebody's confirmation link. "Not Found: accounts/confirm/<token>/"
    tells as much about the fault.
    """
    request = getattr(event.get("_record"), "request", None)
    path = getattr(request, "path", "")
    if path and path in str(event["event"]):
        match = getattr(request, "resolver_match", None)
        route = match.route if match else "(no such address)"
        event["event"] = str(event["event"]).replace(path, route)
    return event
