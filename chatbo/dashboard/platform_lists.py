"""The platform's tables: which businesses there are, and which erasures are not done."""

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from chatbo.dashboard.platform_tables import OpenErasureTable, RequestTable, TenantTable
from chatbo.foundation.pages import show_page
from consent.erasure.models import Erasure
from consent.erasure.request_models import ErasureRequest
from dpa.contracts.models import Contract
from tenants.accounts.access import PlatformRequest, platform_page
from tenants.accounts.models import Tenant
from tenants.bots.models import Bot


@require_safe
@platform_page
def tenants(request: PlatformRequest) -> HttpResponse:
    """Every business with its contract and its live bots. Nothing of their subscribers.

    One that has left is here as long as a contract is kept that bears its name.
    """
    words = request.GET.get("q", "").strip()
    shown = _with_state(Tenant.objects.exclude(company=""))
    if words:
        shown = shown.filter(Q(company__icontains=words) | Q(slug__icontains=words))
    table = TenantTable(shown, search=words)
    show_page(request, table, rows=25)
    context = {"table": table, "any": Tenant.objects.exists()}
    return TemplateResponse(request, "chatbo/dashboard/platform_tenants.html", context)


@require_safe
@platform_page
def erasures(request: PlatformRequest) -> HttpResponse:
    """What is not finished, the most urgent first, and Meta's requests; never the persons."""
    company = Tenant.objects.filter(pk=OuterRef("tenant_id")).values("company")
    unfinished = Erasure.objects.unfinished()
    table = OpenErasureTable(
        unfinished.annotate(company=Subquery(company)).order_by(
            F("deleted_at").desc(nulls_first=True), "due_at"
        ),
        now=timezone.now(),
    )
    show_page(request, table, rows=50)
    wishes = ErasureRequest.objects.order_by(
        F("finished_at").desc(nulls_first=True), F("failed_at").asc(nulls_last=True), "-created_at"
    )
    requests = RequestTable(wishes, now=timezone.now())
    show_page(request, requests, rows=25)
    context = {
        "table": table,
        "open": unfinished.count(),
        "overdue": Erasure.objects.overdue().count(),
        "requests": requests,
        "any_request": wishes.exists(),
        "failing_requests": ErasureRequest.objects.failing().count(),
    }
    return TemplateResponse(request, "chatbo/dashboard/platform_erasures.html", context)


def _with_state(tenants: QuerySet[Tenant]) -> QuerySet[Tenant]:
    """With ``agreement`` (the state of the contract that counts) and ``live_bots``."""
    mine = Contract.objects.filter(tenant_id=OuterRef("pk"))
    in_force = mine.filter(state=Contract.State.COMPLETED).values("state")[:1]
    newest = mine.order_by("-drafted_at").values("state")[:1]
    live = (
        Bot.objects.filter(tenant_id=OuterRef("pk"), state=Bot.State.LIVE)
        .values("tenant_id")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return tenants.annotate(
        agreement=Coalesce(Subquery(in_force), Subquery(newest)),
        live_bots=Coalesce(Subquery(live), 0, output_field=IntegerField()),
    )
