"""Where support may look in just now, because the business allows it."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from tenants.accounts.access import PlatformRequest, platform_page
from tenants.accounts.models import SupportGrant, Tenant

MOST_SHOWN = 200


@require_safe
@platform_page
def grants(request: PlatformRequest) -> HttpResponse:
    found = list(SupportGrant.objects.open().order_by("ends_at")[:MOST_SHOWN])
    tenants = Tenant.objects.in_bulk([grant.tenant_id for grant in found])
    places = [(tenants[grant.tenant_id], grant) for grant in found]
    return TemplateResponse(request, "chatbo/dashboard/platform_support.html", {"places": places})
