"""The certificate of a business's end, for whoever holds its code; nothing here names anybody."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from chatbo.foundation.isolation import directory, tenant_scope
from consent.erasure.certificates.files import given_out, letter_given_out, refused
from consent.erasure.certificates.kinds import Kind
from consent.erasure.leaving.certificates import examine
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.status_views import for_holders_of_a_code
from consent.erasure.words import certified


@contextmanager
def ending_behind(code: str) -> Iterator[TenantEnding | None]:
    """The end of a business, in its scope, from its certificate on; nothing where none has it."""
    entry = directory.find("ending", code.lower())
    if entry is None or entry.target_id is None:
        yield None
        return
    with tenant_scope(entry.tenant_id):
        yield TenantEnding.objects.filter(pk=entry.target_id).exclude(certificate=None).first()


def _certificate(request: HttpRequest, ending: TenantEnding) -> HttpResponse:
    examined = examine(ending)
    if examined.certificate is None:
        return refused(request, examined.standing)
    return render(
        request,
        "consent/erasure/leaving/certificate.html",
        {
            "ending": ending,
            "certificate": examined.certificate,
            "said": certified(examined.certificate),
        },
    )


def _certificate_json(request: HttpRequest, ending: TenantEnding) -> HttpResponse:
    page = reverse("ending:certificate", args=[ending.code])
    return given_out(request, examine(ending), ending.certificate, name=Kind.ENDING.file, page=page)


def _certificate_pdf(request: HttpRequest, ending: TenantEnding) -> HttpResponse:
    page = reverse("ending:certificate", args=[ending.code])
    name = f"ending-{ending.code}.pdf"
    return letter_given_out(request, examine(ending), ending.certificate, name=name, page=page)


certificate = require_safe(for_holders_of_a_code(_certificate, ending_behind))
certificate_json = require_safe(for_holders_of_a_code(_certificate_json, ending_behind))
certificate_pdf = require_safe(for_holders_of_a_code(_certificate_pdf, ending_behind))
