"""Grants, refusals and withdrawals by week: a page of its own, which the list fetches as a part.

Counting half a million records takes longer than the list itself, and nobody waits for it there.
"""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from chatbo.foundation.audit.entries import record as note
from chatbo.foundation.searching import finds_people
from consent.ledger.views import asked_for
from consent.ledger.week_charts import charts_of, rows_of
from consent.ledger.weeks import consents_by_week
from tenants.accounts.access import TenantRequest, tenant_page


@require_safe
@tenant_page
@finds_people("ledger:list")
def consent_weeks(request: TenantRequest) -> HttpResponse:
    """Of the records that the list shows for the same address. Of one person it is noted."""
    asked = asked_for(request)
    narrowed = asked.filter.form.cleaned_data
    weeks = consents_by_week(
        asked.records, since=narrowed.get("since"), until=narrowed.get("until")
    )
    if asked.words:
        note("consents.read", details={"searched_for_a_person": True})
    charts = charts_of(weeks, only=narrowed.get("decision", ""))
    return TemplateResponse(
        request,
        "consent/ledger/weeks.html",
        {
            "weeks": weeks,
            "charts": charts,
            "rows": rows_of(charts),
            "selection": asked.selection,
        },
    )
