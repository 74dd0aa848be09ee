"""Whether this installation can do its work: for load balancers and whoever is on call.

``/healthz`` says that the process answers; ``/readyz`` asks the database, Redis and the workers.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

import psycopg
import redis
import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chatbo.celery import app
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.CACHE, __name__, NoPersonalData("Asks only whether Redis is there."))
declare_store(Medium.LOG, __name__, NoPersonalData("Which part is away, and the error's class."))
declare_store(Medium.MEMORY, __name__, NoPersonalData("Which parts answered, for three seconds."))

log = structlog.get_logger(__name__)

Answer = Literal["ok", "missing"]

REMEMBERED_SECONDS = 3.0
DATABASE_SECONDS = 2
WORKER_SECONDS = 1.5

_lock = threading.Lock()
_last: tuple[float, Mapping[str, Answer]] | None = None


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up. Asks nobody else, so that a slow database restarts no web process."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if all parts answer, else 503; either way each part by name."""
    parts = readiness()
    ready = all(answer == "ok" for answer in parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


def readiness() -> Mapping[str, Answer]:
    """Each part's answer, remembered for three seconds: asking often costs nothing.

    One thread asks at a time, the others wait for what it learns.
    """
    global _last  # noqa: PLW0603 (one memory a process)
    with _lock:
        if _last is None or time.monotonic() - _last[0] > REMEMBERED_SECONDS:
            parts = {name: _asked(name, ask) for name, ask in PARTS.items()}
            _last = time.monotonic(), parts
        return _last[1]


def forget() -> None:
    """Ask afresh at the next request."""
    global _last  # noqa: PLW0603 (see above)
    with _lock:
        _last = None


def _asked(name: str, ask: Callable[[], None]) -> Answer:
    try:
        ask()
    except Exception as error:  # noqa: BLE001 (whatever stops a part from answering)
        log.warning("not_ready", part=name, error=type(error).__name__)
        return "missing"
    return "ok"


def _database() -> None:
    # A connection of its own: whether the server answers, not whether the pool is busy.
    parameters: dict[str, Any] = connection.get_connection_params()
    own = {k: v for k, v in parameters.items() if k in {"host", "port", "dbname", "user"}}
    with psycopg.connect(
        **own,
        password=parameters.get("password"),
        connect_timeout=DATABASE_SECONDS,
        options=f"-c statement_timeout={DATABASE_SECONDS * 1000}",
    ) as server:
        server.execute("SELECT 1")


def _redis() -> None:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=1.0
    ) as server:
        server.ping()


def _worker() -> None:
    _redis()  # Without Redis no worker hears the question: fail fast.
    with app.connection_for_write(settings.CELERY_BROKER_URL) as broker:
        if not app.control.ping(timeout=WORKER_SECONDS, limit=1, connection=broker):
            raise TimeoutError("no worker answers")


PARTS: Mapping[str, Callable[[], None]] = {
    "database": _database,
    "redis": _redis,
    "worker": _worker,
}
