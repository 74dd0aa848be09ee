"""How much of a request with files is read at all.

Django limits what of a form lies in memory; files it writes to the disk, however long they are,
and before any view is asked (the CSRF check reads the form). So the length is looked at first.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

View = TypeVar("View", bound=Callable[..., Any])

FORM_AROUND = 100_000
"""Bytes of the other fields of a form that holds a file."""


def takes_files(largest: int) -> Callable[[View], View]:
    """Decorator of a view: its form may hold a file of so many bytes. All others hold none."""

    def marked(view: View) -> View:
        view.largest_request = largest + FORM_AROUND  # type: ignore[attr-defined]  # for RefuseLarge
        return view

    return marked


def looks_at_length(view: View) -> View:
    """Decorator of a view that does so itself, before it reads anything."""
    view.largest_request = None  # type: ignore[attr-defined]  # for RefuseLarge
    return view


class RefuseLarge:
    """Middleware, before that of the CSRF check: 413 for a form that is longer than its view takes.

    A request cannot be longer than it says: the server reads no further.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.content_type != "multipart/form-data":
            return None  # DATA_UPLOAD_MAX_MEMORY_SIZE limits these.
        most = getattr(view, "largest_request", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if most is None or _stated_length(request) <= most:
            return None
        return render(request, "413.html", {"megabytes": most // 1_000_000}, status=413)


def _stated_length(request: HttpRequest) -> int:
    """What is no number counts as nothing, as it does for Django, which then reads nothing."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
