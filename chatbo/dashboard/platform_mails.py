"""Mails that came back or were given up: nobody has read them."""

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from chatbo.dashboard.platform_tables import LostMailTable
from chatbo.foundation.mail.models import OutgoingMail
from chatbo.foundation.pages import show_page
from tenants.accounts.access import PlatformRequest, platform_page
from tenants.accounts.models import Tenant


@require_safe
@platform_page
def lost_mails(request: PlatformRequest) -> HttpResponse:
    company = Tenant.objects.filter(pk=OuterRef("tenant_id")).values("company")
    lost = OutgoingMail.objects.filter(gave_up=True).annotate(company=Subquery(company))
    table = LostMailTable(lost)
    show_page(request, table, rows=25)
    return TemplateResponse(
        request, "chatbo/dashboard/platform_mails.html", {"table": table, "any": lost.exists()}
    )
