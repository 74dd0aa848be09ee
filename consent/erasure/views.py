"""The tenant's erasures."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatbo.foundation.pages import show_page
from consent.erasure.facts import facts_of
from consent.erasure.models import Erasure
from consent.erasure.reasons import reason_in_words
from consent.erasure.requests import hurry_erasure
from consent.erasure.tables import ErasureTable
from tenants.accounts.access import TenantRequest, tenant_page


@require_safe
@tenant_page
def erasure_list(request: TenantRequest) -> HttpResponse:
    erasures = Erasure.objects.all()
    words = request.GET.get("q", "").strip().lower()
    shown = erasures.filter(code=words) if words else erasures
    table = ErasureTable(
        shown, tenant_slug=request.tenant.slug, search=words, here=request.get_full_path()
    )
    show_page(request, table, rows=25)
    table.follow()
    overdue = erasures.overdue().count()
    return TemplateResponse(
        request,
        "consent/erasure/list.html",
        {
            "table": table,
            "any": erasures.exists(),
            "open": erasures.unfinished().count(),
            "overdue": overdue,
            "soon_due": erasures.soon_due().count() - overdue,
            "told": erasures.filter(state=Erasure.State.TOLD).count(),
        },
    )


@require_safe
@tenant_page
def erasure_detail(request: TenantRequest, code: str) -> HttpResponse:
    erasure = _one_of_the_tenants(code)
    return TemplateResponse(
        request,
        "consent/erasure/detail.html",
        {"facts": facts_of(erasure), "reason": reason_in_words(erasure)},
    )


@require_POST
@tenant_page
def erasure_retry(request: TenantRequest, code: str) -> HttpResponse:
    hurry_erasure(_one_of_the_tenants(code))
    messages.info(request, _("The erasure is being tried again now."))
    return redirect("erasure:detail", request.tenant.slug, code)


def _one_of_the_tenants(code: str) -> Erasure:
    erasure = Erasure.objects.select_related("policy").filter(code=code).first()
    if erasure is None:
        raise Http404
    return erasure
