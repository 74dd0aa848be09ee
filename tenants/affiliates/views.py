"""A partner's dashboard."""

from django.conf import settings
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from chatbo.foundation.pages import show_page
from tenants.affiliates.access import PartnerRequest, partner_page
from tenants.affiliates.models import Referral
from tenants.affiliates.tables import ReferralTable


@require_safe
@partner_page
def home(request: PartnerRequest) -> HttpResponse:
    """The link to pass on, and what came of it."""
    referrals = Referral.objects.filter(partner_id=request.partner.pk)
    table = ReferralTable(referrals)
    show_page(request, table, rows=25)
    return TemplateResponse(
        request,
        "tenants/affiliates/home.html",
        {
            "partner": request.partner,
            "link": settings.BASE_URL + reverse("signup:referral", args=[request.partner.code]),
            "table": table,
            "total": referrals.count(),
            "customers": referrals.filter(state=Referral.State.CUSTOMER).count(),
        },
    )
