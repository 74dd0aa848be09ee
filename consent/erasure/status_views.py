"""What became of a deletion, for whoever holds its code; nothing here names anybody."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from chatbo.foundation import limits
from chatbo.foundation.isolation import directory, tenant_scope
from chatbo.foundation.limits import CODES, Presser
from chatbo.foundation.network import client_network
from chatbo.foundation.pages import spoken_to
from chatbo.foundation.requests import press_by_hand
from consent.erasure.facts import facts_of
from consent.erasure.models import Erasure
from consent.erasure.request_models import ErasureRequest
from consent.erasure.request_pages import show_request

View = Callable[..., HttpResponse]
Behind = Callable[[str], AbstractContextManager[Any]]
"""What is behind a code, in the scope that it is read in; nothing where nobody has the code."""


@contextmanager
def erasure_behind(code: str) -> Iterator[Erasure | None]:
    """The erasure of a code, in its tenant's scope; nothing where no erasure has it."""
    entry = directory.find("erasure", code.lower())
    if entry is None or entry.target_id is None:
        yield None
        return
    with tenant_scope(entry.tenant_id):
        yield Erasure.objects.select_related("policy").filter(pk=entry.target_id).first()


def unknown_code(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, "consent/erasure/unknown.html", status=404)


def for_holders_of_a_code(
    view: View, behind: Behind = erasure_behind, otherwise: View = unknown_code
) -> View:
    """A page that a code opens: kept nowhere, found by nobody, and not to be guessed.

    ``view`` gets what is ``behind`` the code, an erasure or what ends a business or an account, in
    its own language, unless the reader has chosen another one here. ``otherwise`` gets a code that
    none of them has. Who tries many codes that nobody has is kept from all.
    """

    @wraps(view)
    def opened(request: HttpRequest, code: str) -> HttpResponse:
        if refusal := press_by_hand(request, CODES):
            return _private(refusal)
        with behind(code) as found:
            if found is None:
                response = otherwise(request, code)
            else:
                with spoken_to(request, found.language):
                    response = view(request, found)
        if response.status_code == 200:
            limits.succeed(CODES, Presser(address=client_network(request)))
        return _private(response)

    return opened


def _status_of_erasure(request: HttpRequest, erasure: Erasure) -> HttpResponse:
    return render(
        request,
        "consent/erasure/status.html",
        {
            "facts": facts_of(erasure),
            # Of the address that was asked for, nothing is said again.
            "here": reverse("erasure_status:status", args=[erasure.code]),
        },
    )


def _status_of_request(request: HttpRequest, code: str) -> HttpResponse:
    found = ErasureRequest.objects.filter(code=code.lower()).first()
    return unknown_code(request, code) if found is None else show_request(request, found)


erasure_status = require_safe(
    for_holders_of_a_code(_status_of_erasure, otherwise=_status_of_request)
)


@require_safe
def erasure_ask(request: HttpRequest) -> HttpResponse:
    """Type a code that was read in the chat."""
    typed = request.GET.get("code", "").strip()
    if not typed:
        return render(request, "consent/erasure/ask.html", {"here": request.path})
    code = _code_in(typed)
    if not code:
        return render(request, "consent/erasure/unknown.html", status=404)
    return redirect("erasure_status:status", code)


def _code_in(typed: str) -> str:
    """The code within what somebody typed: with spaces in it, or pasted with its whole address."""
    last = typed.rstrip("/").rpartition("/")[2].lower()
    return "".join(sign for sign in last if sign.isascii() and sign.isalnum())[:32]


def _private(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
