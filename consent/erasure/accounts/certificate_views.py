"""How far the end of an account is, and its certificate, for whoever holds its code.

Nothing here names anybody.
"""

import json
from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from chatbo.foundation import limits
from chatbo.foundation.limits import CODES, Presser
from chatbo.foundation.network import client_network
from chatbo.foundation.requests import POLICY_OF_FILES, press_by_hand
from consent.erasure.accounts.foreseeing import certified
from consent.erasure.accounts.models import AccountEnding

FILE = "account-certificate.json"
View = Callable[[HttpRequest, AccountEnding], HttpResponse]


def _for_holders_of_a_code(view: View) -> Callable[..., HttpResponse]:
    """Kept nowhere, found by nobody, and not to be guessed: many wrong codes shut it."""

    @wraps(view)
    def opened(request: HttpRequest, code: str) -> HttpResponse:
        if refusal := press_by_hand(request, CODES):
            return _private(refusal)
        ending = AccountEnding.objects.filter(code=code.lower()).first()
        if ending is None:
            return _private(render(request, "consent/erasure/unknown.html", status=404))
        response = view(request, ending)
        limits.succeed(CODES, Presser(address=client_network(request)))
        return _private(response)

    return opened


@require_safe
@_for_holders_of_a_code
def status(request: HttpRequest, ending: AccountEnding) -> HttpResponse:
    context = {"ending": ending, "said": certified(ending) if ending.certificate else None}
    return render(request, "consent/erasure/accounts/status.html", context)


@require_safe
@_for_holders_of_a_code
def certificate_json(request: HttpRequest, ending: AccountEnding) -> HttpResponse:
    if ending.certificate is None:
        raise Http404
    response = HttpResponse(
        json.dumps(ending.certificate, ensure_ascii=False, indent=1),
        content_type="application/json; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="{FILE}"'
    response["Content-Security-Policy"] = POLICY_OF_FILES
    return response


def _private(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
