"""What holds for every request and answer, whatever room it is for."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

Answer = Callable[[HttpRequest], HttpResponse]


def refuse_nul(get_response: Answer) -> Answer:
    """Middleware: a 400 for a zero byte in the query. PostgreSQL keeps none, and forms say so."""

    def answer(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("zero byte")
        return get_response(request)

    return answer


def keep_private(get_response: Answer) -> Answer:
    """Middleware: what was shown to somebody with a session is kept by no browser and no proxy.

    After the log-out, going back must show nothing. Pages that say otherwise are left as they are.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return answer
