"""The tenant's erasures, and the page that tells a person what became of theirs."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chatbo.foundation.isolation import directory, tenant_scope
from chatbo.foundation.pages import show_page
from consent.erasure.models import Erasure
from consent.erasure.requests import hurry_erasure
from consent.erasure.tables import ErasureTable
from consent.erasure.telling import counted, steps_of
from tenants.accounts.access import TenantRequest, tenant_page


@require_safe
@tenant_page
def erasure_list(request: TenantRequest) -> HttpResponse:
    erasures = Erasure.objects.all()
    words = request.GET.get("q", "").strip().lower()
    shown = erasures.filter(code=words) if words else erasures
    table = ErasureTable(shown, tenant_slug=request.tenant.slug, search=words)
    show_page(request, table, rows=25)
    return TemplateResponse(
        request,
        "consent/erasure/list.html",
        {
            "table": table,
            "any": erasures.exists(),
            "open": erasures.unfinished().count(),
            "overdue": erasures.overdue().count(),
            "told": erasures.filter(state=Erasure.State.TOLD).count(),
        },
    )


@require_safe
@tenant_page
def erasure_detail(request: TenantRequest, code: str) -> HttpResponse:
    return TemplateResponse(
        request, "consent/erasure/detail.html", _facts(_one_of_the_tenants(code))
    )


@require_POST
@tenant_page
def erasure_retry(request: TenantRequest, code: str) -> HttpResponse:
    hurry_erasure(_one_of_the_tenants(code))
    messages.info(request, _("The erasure is being tried again now."))
    return redirect("erasure:detail", request.tenant.slug, code)


def _one_of_the_tenants(code: str) -> Erasure:
    erasure = Erasure.objects.filter(code=code).first()
    if erasure is None:
        raise Http404
    return erasure


@require_safe
@never_cache
def erasure_status(request: HttpRequest, code: str) -> HttpResponse:
    """What became of a deletion, for whoever holds the code. Nothing here names anybody."""
    entry = directory.find("erasure", code.lower())
    if entry is None or entry.target_id is None:
        return render(request, "consent/erasure/unknown.html", status=404)
    with tenant_scope(entry.tenant_id):
        facts = _facts(Erasure.objects.get(pk=entry.target_id))
    # Of the address that was asked for, nothing is said again.
    facts["here"] = reverse("erasure_status:status", args=[facts["erasure"].code])
    response = render(request, "consent/erasure/status.html", facts)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


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


def _facts(erasure: Erasure) -> dict[str, Any]:
    return {"erasure": erasure, "steps": steps_of(erasure), "counts": counted(erasure)}
