"""How far the end of an account is, and its certificate, for whoever holds its code.

Nothing here names anybody.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from consent.erasure.accounts.certificates import examine
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.certificates.files import given_out, letter_given_out
from consent.erasure.certificates.kinds import Kind, Standing
from consent.erasure.status_views import for_holders_of_a_code
from consent.erasure.words import certified


@contextmanager
def ending_behind(code: str) -> Iterator[AccountEnding | None]:
    yield AccountEnding.objects.filter(code=code.lower()).first()


def _status(request: HttpRequest, ending: AccountEnding) -> HttpResponse:
    examined = examine(ending)
    certificate = examined.certificate
    context = {
        "ending": ending,
        "examined": examined,
        "is_unchecked": examined.standing == Standing.UNKNOWN,
        "said": certified(certificate) if certificate else None,
    }
    return render(request, "consent/erasure/accounts/status.html", context)


def _certificate_json(request: HttpRequest, ending: AccountEnding) -> HttpResponse:
    page = reverse("account_ending:status", args=[ending.code])
    return given_out(
        request, examine(ending), ending.certificate, name=Kind.ACCOUNT.file, page=page
    )


def _certificate_pdf(request: HttpRequest, ending: AccountEnding) -> HttpResponse:
    page = reverse("account_ending:status", args=[ending.code])
    name = f"account-{ending.code}.pdf"
    return letter_given_out(request, examine(ending), ending.certificate, name=name, page=page)


status = require_safe(for_holders_of_a_code(_status, ending_behind))
certificate_json = require_safe(for_holders_of_a_code(_certificate_json, ending_behind))
certificate_pdf = require_safe(for_holders_of_a_code(_certificate_pdf, ending_behind))
