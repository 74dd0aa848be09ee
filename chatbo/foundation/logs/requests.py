"""A request's number, and its one line in the log.

The number stands in every line that the request causes, in its answer (``X-Request-ID``), on error
pages (a customer can name it) and in the lines of the tasks that it has queued (``logs.tasks``).
"""

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from chatbo.foundation.isolation.ids import new_code
from chatbo.foundation.logs.foreign import route_of
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store

declare_store(
    Medium.LOG,
    __name__,
    StoredData(
        subject="accounts.User",
        holds={"user_id": Category.SECURITY, "request_id": Category.USAGE},
        end="With the log's own lifetime (docs/security.md, Lifetimes).",
        export="In none: ids without a name; what was done stands among the deeds.",
    ),
)

log = structlog.get_logger(__name__)

HEADER = "X-Request-ID"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def number_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, the outermost: number the request and log what became of it.

    The number is always made here: one that a client sent could carry anything into the log, or
    be somebody else's. The line has the route, not the path; no address, no query. Static files
    get a number and no line.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        number = new_code(12)
        structlog.contextvars.bind_contextvars(request_id=number)
        begin = perf_counter()
        response = get_response(request)
        response[HEADER] = number
        if not request.path.startswith(settings.STATIC_URL):
            log.log(
                logging.ERROR if response.status_code >= 500 else logging.INFO,
                "request",
                method=request.method if request.method in _METHODS else "other",
                route=route_of(request),
                status=response.status_code,
                ms=round((perf_counter() - begin) * 1000),
                **_who(request),
            )
        return response

    return answer


def current_request_id() -> str:
    """The number of the request that is being answered, or that queued the running task."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


# Not at the middleware's end: Django logs some refusals after it.
@receiver(request_finished)
def _forget_the_request(**kwargs: object) -> None:
    structlog.contextvars.clear_contextvars()


def _who(request: HttpRequest) -> dict[str, Any]:
    """Ids of user and tenant, where the answer has needed them: asks no database for the log."""
    session = getattr(request, "session", None)
    tenant = getattr(request, "tenant", None)
    facts = {
        "user_id": session.get(SESSION_KEY) if session is not None and session.accessed else None,
        "tenant_id": str(tenant.pk) if tenant is not None else None,
    }
    return {name: value for name, value in facts.items() if value}
