"""Django's ``LOGGING``: from every logger, one way to one line."""

import logging
import sys
import threading
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from chatbo.foundation.logs.exceptions import exception_in_one_line
from chatbo.foundation.logs.foreign import keep_the_sentence
from chatbo.foundation.logs.net import catch_what_slipped_through
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(
    Medium.LOG,
    __name__,
    NoPersonalData("Sets the log up; who writes into it declares what."),
)

OURS = ("chatbo", "consent", "dpa", "tenants")

_LEVELS = {
    **dict.fromkeys(OURS, "INFO"),
    # Each request has a line of ours (``logs.requests``), each task too (``logs.tasks``).
    "django.request": "ERROR",
    "celery.app.trace": "CRITICAL",
    "weasyprint": "ERROR",
    # Reports each forged file that somebody hands to /verify/, with a traceback.
    "pyhanko": "CRITICAL",
}
# They bring handlers of their own, which would write past our formatter: Django's mail addresses,
# its development server and granian paths.
_WITH_OWN = ("django", "django.server", "_granian", "granian.access")


def logging_to_stderr(*, readable: bool) -> dict[str, Any]:
    """Django's ``LOGGING``: one line an event, ``readable`` or JSON. Sets structlog up alike.

    Of libraries only warnings and worse are logged, whatever they think of themselves.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        name_tenant,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(capture=True)  # A warning may quote what it warns of.
    structured = {
        "()": structlog.stdlib.ProcessorFormatter,
        "use_get_message": False,
        "pass_foreign_args": True,
        "foreign_pre_chain": [keep_the_sentence, *shared],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(exception_in_one_line),
            catch_what_slipped_through,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
            if readable
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": structured},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            **{name: {"handlers": [], "level": "WARNING", "propagate": True} for name in _WITH_OWN},
            **{name: {"level": level} for name, level in _LEVELS.items()},
        },
    }


def log_uncaught_exceptions() -> None:
    """For web, worker and schedule: what nobody caught is logged, not printed with its values.

    Commands of ``manage.py`` stay as Python has them: their reader has typed the values.
    """
    log = structlog.get_logger("chatbo")

    def uncaught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        log.critical("uncaught_exception", exc_info=(kind, error, trace))

    def uncaught_in_thread(caught: threading.ExceptHookArgs) -> None:
        if caught.exc_type is not SystemExit:
            log.critical(
                "uncaught_exception",
                exc_info=(caught.exc_type, caught.exc_value, caught.exc_traceback),
            )

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread


def name_tenant(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A structlog processor: whose scope is open. An id; the slug would be a company's name."""
    # Late: the settings read this module before Django is there.
    from chatbo.foundation.isolation.scopes import current_scope

    tenant_id = current_scope().tenant_id
    if tenant_id is not None:
        event.setdefault("tenant_id", str(tenant_id))
    return event
