"""The audit log over all businesses, and of the platform itself."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.audit.searching import entries_wanted, page_of
from tenants.accounts.access import PlatformRequest, platform_page
from tenants.accounts.log import lines_of
from tenants.accounts.log_forms import LogForm
from tenants.accounts.log_views import ROWS, after_of
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
    page = page_of(
        entries,
        size=ROWS,
        after=after_of(request.GET.get("after", "")),
    )
    asked = request.GET.copy()
    asked.pop("after", None)
    context = {
        "lines": lines_of(page.entries, for_platform=True),
        "older": page.older,
        "form": form,
        "asked": asked.urlencode(),
        "is_first": "after" not in request.GET,
    }
    return TemplateResponse(request, "chatbo/dashboard/platform_log.html", context)
