"""Names by which a browser takes a cookie over TLS alone."""

from typing import Any

from django.contrib.messages import add_message, constants
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import RequestFactory

from chatbo.foundation.cookies import MessageStorage, safe_name


def asking() -> WSGIRequest:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    return request


def notice_in(settings: Any, *, secure: bool) -> HttpResponse:
    settings.SESSION_COOKIE_SECURE = secure
    request = asking()
    request._messages = MessageStorage(request)  # type: ignore[attr-defined]  # as Django's middleware
    add_message(request, constants.SUCCESS, "Saved.")
    response = HttpResponse()
    request._messages.update(response)  # type: ignore[attr-defined]
    return response


def test_over_tls_each_name_says_so(settings: Any) -> None:
    (name, cookie), *others = notice_in(settings, secure=True).cookies.items()

    assert (name, others) == ("__Host-notices", [])
    assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/")
    assert not cookie["domain"]
    assert safe_name("chat") == "__Secure-chat"


def test_in_the_demo_a_browser_takes_them_as_well(settings: Any) -> None:
    assert list(notice_in(settings, secure=False).cookies) == ["notices"]
    assert safe_name("chat") == "chat"


def test_what_was_noted_is_read_again(settings: Any) -> None:
    cookie = notice_in(settings, secure=True).cookies["__Host-notices"].value
    request = asking()
    request.COOKIES["__Host-notices"] = cookie

    assert [str(found) for found in MessageStorage(request)] == ["Saved."]
    request.COOKIES["__Host-notices"] = cookie[:-1]
    assert list(MessageStorage(request)) == []
