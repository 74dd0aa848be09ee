"""The audit log over all businesses, and of the platform itself."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.audit.searching import entries_wanted
from tenants.accounts.access import PlatformRequest, platform_page
from tenants.accounts.log_forms import LogForm
from tenants.accounts.log_views import page_context
from tenants.accounts.models import PlatformRole, User


@require_safe
@platform_page
def log(request: PlatformRequest) -> HttpResponse:
    staff = User.objects.exclude(platform_role=PlatformRole.NONE).order_by("name")[:200]
    form = LogForm(request.GET, people=[(str(user.pk), user.name) for user in staff])
    wanted = form.wanted()
    entries = entries_wanted(AuditEntry.objects.all(), wanted)
    if not wanted.action:
        # Each sweep and each page of this area opens them: shown to whoever looks for that.
        entries = entries.exclude(action="platform_scope.opened")
    context = page_context(request, form, entries, for_platform=True)
    return TemplateResponse(request, "chatbo/dashboard/platform_log.html", context)
