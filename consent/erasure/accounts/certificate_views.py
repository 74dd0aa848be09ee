"""How far the end of an account is, and its certificate, for whoever holds its code.

Nothing here names anybody.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consent.erasure.accounts.models import AccountEnding
from consent.erasure.certificates.files import as_json_file
from consent.erasure.status_views import for_holders_of_a_code
from consent.erasure.words import certified

FILE = "account-certificate.json"


@contextmanager
def ending_behind(code: str) -> Iterator[AccountEnding | None]:
    yield AccountEnding.objects.filter(code=code.lower()).first()


def _status(request: HttpRequest, ending: AccountEnding) -> HttpResponse:
    said = certified(ending.certificate) if ending.certificate else None
    return render(request, "consent/erasure/accounts/status.html", {"ending": ending, "said": said})


def _certificate_json(request: HttpRequest, ending: AccountEnding) -> HttpResponse:
    if ending.certificate is None:
        raise Http404
    return as_json_file(ending.certificate, FILE)


status = require_safe(for_holders_of_a_code(_status, ending_behind))
certificate_json = require_safe(for_holders_of_a_code(_certificate_json, ending_behind))
