"""Views that fail or log, for the tests of what stands in the log."""

import structlog
from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.urls import path

log = structlog.get_logger("chatbo.tests")


def says(request: HttpRequest, word: str) -> HttpResponse:
    log.info("said_within")
    return HttpResponse("ok")


async def says_asynchronously(request: HttpRequest, word: str) -> HttpResponse:
    log.info("said_within")
    await sync_to_async(lambda: log.info("said_in_a_thread"), thread_sensitive=False)()
    return HttpResponse("ok")


def raises(request: HttpRequest, word: str) -> HttpResponse:
    raise LookupError(f"{word} is not there")


def is_unavailable(request: HttpRequest, word: str) -> HttpResponse:
    return HttpResponse(status=503)


urlpatterns = [
    path("says/<str:word>/", says),
    path("says-async/<str:word>/", says_asynchronously),
    path("raises/<str:word>/", raises),
    path("unavailable/<str:word>/", is_unavailable),
]
handler500 = "chatbo.dashboard.errors.server_error"
