"""What holds for every request and answer, whatever room it is for."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.stagekit import unstash_login
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers, patch_cache_control

from chatbo.foundation import limits
from chatbo.foundation.limits import Per, Presser
from chatbo.foundation.network import client_network, is_from_our_proxy

Answer = Callable[[HttpRequest], HttpResponse]

FOR_MACHINES = ("/webhooks/", "/passage/")
POLICY_OF_FILES = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
"""Of what a browser shows by itself: a PDF, a picture."""

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


def believe_only_proxies(get_response: Answer) -> Answer:
    """Middleware: whether TLS was spoken is told by our own proxies, not by visitors."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not is_from_our_proxy(request):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return get_response(request)

    return answer


def protect(get_response: Answer) -> Answer:
    """Middleware: headers that tell the browser what our pages never do.

    Outside all that could answer: redirects to https, static files, and ``SecurityMiddleware``
    itself, which refuses a foreign Host without a header. Where an answer says otherwise it has
    its reason: an embed's loader is for other sites.
    """
    headers = {
        "Permissions-Policy": settings.PERMISSIONS_POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "X-Content-Type-Options": "nosniff",
    }

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/") and "charset=" not in kind:
            response.headers["Content-Type"] = f"{kind}; charset=utf-8"
        return response

    return answer


def refuse_in_the_open(get_response: Answer) -> Answer:
    """Middleware: 403 for a machine that calls without TLS, where people are led to it.

    A redirect would hide from whoever set the machine up that its secrets go over the network in
    the open, each time (ASVS 5.0.0, 4.1.2).
    """

    def answer(request: HttpRequest) -> HttpResponse:
        is_open = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if is_open and request.path.startswith(FOR_MACHINES):
            return HttpResponse("https only\n", status=403, content_type="text/plain")
        return get_response(request)

    return answer


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
        left = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if has_session and left is not None and not left.value:
            # The log-in is over: what it showed goes out of the browser's memory as well.
            response["Clear-Site-Data"] = '"cache"'
        if has_session and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return answer


class LimitPresses:
    """Middleware: holds each POST to the table of ``foundation.limits``, by its address's name."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        pressed = getattr(request, "pressed", None)
        if pressed and _leads_on(request, response):
            limits.succeed(*pressed)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        door = match.view_name if match else ""
        if request.method in SAFE or limits.LIMITS.get(door) == limits.SIGNED:
            return None
        address = client_network(request)
        if request.user.is_authenticated:
            wait = limits.press(limits.MEMBERS, Presser(account=str(request.user.pk)))
        else:
            wait = limits.press(limits.STRANGERS, Presser(address=address))
        if not wait and door in limits.LIMITS:
            place = str(kwargs.get("tenant_slug") or kwargs.get("tool_id") or "")
            presser = Presser(address, _account(request, door), place)
            wait = limits.press(door, presser)
            request.pressed = (door, presser)  # type: ignore[attr-defined]  # for the way back
        return too_many_requests(request, wait) if wait else None


def press_by_hand(request: HttpRequest, door: str, *, place: str = "") -> HttpResponse | None:
    """For what only the code behind a door knows to be counted: the answer, if it was too often."""
    wait = limits.press(door, Presser(address=client_network(request), place=place))
    return too_many_requests(request, wait) if wait else None


def too_many_requests(request: HttpRequest, seconds: int) -> HttpResponse:
    """The answer 429 (RFC 6585), with when to come back: a page, or JSON for who prefers that."""
    response: HttpResponse
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        response = JsonResponse({"error": "too_many_requests", "retry_after": seconds}, status=429)
    else:
        context = {"minutes": -(-seconds // 60)}
        response = render(request, "429.html", context, status=429)
    add_never_cache_headers(response)
    response["Retry-After"] = str(seconds)
    return response


def _leads_on(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether somebody got in. Who is refused sees the form again, or is sent back to a log-in."""
    target = urlsplit(response.headers.get("Location", "")).path
    back = {"", request.path, resolve_url(settings.LOGIN_URL)}
    return 300 <= response.status_code < 400 and target not in back


def _account(request: HttpRequest, door: str) -> str:
    """Who is logged in, or has given the password, or is named in the form."""
    if all(limit.per == Per.ADDRESS for limit in limits.LIMITS[door]):
        return ""  # The body is left for the view to read, which may want to see to its size.
    if request.user.is_authenticated:
        return str(request.user.pk)
    pending = unstash_login(request, peek=True)
    if pending and pending.user:
        return str(pending.user.pk)
    # The field that the door's form reads, not one that somebody adds to it.
    named = request.POST.get("login" if door == "account_login" else "email", "")
    return named.strip().casefold()
