"""The public part of the platform's keys: what a reader of our documents needs to check them."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chatbo.foundation.documents.keys import published_roots
from chatbo.foundation.limits import GROWTH
from chatbo.foundation.requests import press_by_hand
from consent.erasure.certificates.issuing import erasure_keys
from consent.ledger.checking import keys_to_check_with
from consent.ledger.growth import growth_between
from consent.ledger.models import TreeHead


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Every root that seals of ours lead to, the present one first; the keys of the ledger, its
    newest head, and the keys of certificates.
    """
    return render(
        request,
        "chatbo/dashboard/keys.html",
        {
            "roots": published_roots(),
            "ledger_keys": keys_to_check_with(),
            "erasure_keys": erasure_keys(),
            "head": TreeHead.objects.order_by("-size").first(),
            "first_head": TreeHead.objects.order_by("size").first(),
        },
    )


@require_safe
def ledger_keys(request: HttpRequest) -> HttpResponse:
    """All public keys as a file, one a line: what ``chatbo-verify --keys`` takes."""
    lines = "".join(f"{key}\n" for key in [*keys_to_check_with(), *erasure_keys()])
    return HttpResponse(
        lines,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="chatbo-keys.txt"'},
    )


@require_safe
def growth(request: HttpRequest, before: int, size: int) -> HttpResponse:
    """What shows that the ledger only grew from one signed head to another, for
    ``chatbo-verify``.
    """
    if refusal := press_by_hand(request, GROWTH):
        return refusal
    found = growth_between(before, size)
    if found is None:
        raise Http404
    return JsonResponse(
        found,
        headers={"Content-Disposition": f'attachment; filename="growth-{before}-{size}.json"'},
    )


@require_safe
def root(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """One root certificate as a file, by its SHA-256."""
    for published in published_roots():
        if published.sha256 == fingerprint:
            return HttpResponse(
                published.pem,
                content_type="application/x-pem-file",
                headers={
                    "Content-Disposition": (
                        f'attachment; filename="chatbo-root-{fingerprint[:8]}.pem"'
                    )
                },
            )
    raise Http404
