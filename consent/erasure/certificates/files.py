"""A certificate as a file, for whoever holds the code; only where it is genuine."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from chatbo.foundation.documents.errors import DocumentError
from chatbo.foundation.limits import CERTIFICATES
from chatbo.foundation.requests import POLICY_OF_FILES, press_by_hand
from consent.erasure.certificates.checking import examine
from consent.erasure.certificates.kinds import Examined, Standing
from consent.erasure.certificates.pdf import as_bytes, certificate_bytes, letter
from consent.erasure.certificates.pdf import certificate_pdf as sealed_letter
from consent.erasure.models import Erasure
from consent.erasure.status_views import for_holders_of_a_code

_STATUS = {Standing.NONE: 404, Standing.CHANGED: 409, Standing.UNKNOWN: 503}


@require_safe
@for_holders_of_a_code
def certificate_json(request: HttpRequest, erasure: Erasure) -> HttpResponse:
    standing = examine(erasure).standing
    if standing != Standing.GENUINE:
        return _refused(request, erasure, standing)
    return as_file(certificate_bytes(erasure), "application/json", f"erasure-{erasure.code}.json")


@require_safe
@for_holders_of_a_code
def certificate_pdf(request: HttpRequest, erasure: Erasure) -> HttpResponse:
    """In the language of the page. Made anew each time: nothing of it is kept."""
    examined = examine(erasure)
    if examined.certificate is None:
        return _refused(request, erasure, examined.standing)
    if refusal := press_by_hand(request, CERTIFICATES):
        return refusal
    try:
        pdf = sealed_letter(
            erasure,
            examined.certificate,
            language=get_language() or settings.LANGUAGE_CODE,
            at=timezone.now(),
        )
    except DocumentError:
        return _refused(request, erasure, Standing.UNKNOWN)
    return as_file(pdf, "application/pdf", f"erasure-{erasure.code}.pdf")


def _refused(request: HttpRequest, erasure: Erasure, standing: Standing) -> HttpResponse:
    page = reverse("erasure_status:status", args=[erasure.code])
    return refused(request, standing, page, is_over=erasure.deleted_at is not None)


def refused(
    request: HttpRequest, standing: Standing, page: str = "", *, is_over: bool = False
) -> HttpResponse:
    """A page that says why there is none. Half a certificate would be worse than none.

    ``page``: the one of the deletion, where there is another one. ``is_over``: whether it was
    carried out all the same.
    """
    context = {"page": page, "standing": standing.value, "is_over": is_over}
    status = _STATUS[standing]
    response = render(request, "consent/erasure/no_certificate.html", context, status=status)
    if standing == Standing.UNKNOWN:
        response["Retry-After"] = "60"
    return response


def given_out(
    request: HttpRequest, examined: Examined, certificate: Any, *, name: str, page: str
) -> HttpResponse:
    """A certificate that bears by itself all that checking it takes, as a file."""
    if examined.standing != Standing.GENUINE:
        return refused(request, examined.standing, page)
    return as_file(as_bytes(certificate), "application/json", name)


def letter_given_out(
    request: HttpRequest, examined: Examined, certificate: Any, *, name: str, page: str
) -> HttpResponse:
    """The sealed letter on such a one, in the language of the page. Nothing of it is kept."""
    if examined.certificate is None:
        return refused(request, examined.standing, page)
    if refusal := press_by_hand(request, CERTIFICATES):
        return refusal
    try:
        pdf = letter(
            examined.certificate,
            as_bytes(certificate),
            page=page,
            language=get_language() or settings.LANGUAGE_CODE,
            at=timezone.now(),
        )
    except DocumentError:
        return refused(request, Standing.UNKNOWN, page)
    return as_file(pdf, "application/pdf", name)


def as_file(content: bytes, kind: str, name: str) -> HttpResponse:
    """To be saved; a browser that shows it by itself runs nothing in it."""
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": POLICY_OF_FILES,
        },
    )
