"""A business's audit log: read, searched, taken along."""

import uuid
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from chatbo.foundation.audit.entries import record
from chatbo.foundation.audit.models import AuditEntry, AuditQuerySet
from chatbo.foundation.audit.searching import entries_wanted, page_of
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.accounts.log import lines_of, on_what, write_csv
from tenants.accounts.log_forms import LogForm
from tenants.accounts.models import Membership

ROWS = 50


@require_safe
@tenant_page
def log(request: TenantRequest) -> HttpResponse:
    form = _form(request)
    context = page_context(request, form, entries_wanted(AuditEntry.objects.all(), form.wanted()))
    return TemplateResponse(request, "tenants/accounts/log.html", context)


@require_safe
@tenant_page
def export(request: TenantRequest) -> FileResponse:
    """All that the page's fields narrow it down to, as CSV. The export itself is noted."""
    file = write_csv(entries_wanted(AuditEntry.objects.all(), _form(request).wanted()))
    record("log.exported")
    return FileResponse(file, as_attachment=True, filename="log.csv", content_type="text/csv")


def page_context(
    request: HttpRequest, form: LogForm, entries: AuditQuerySet, *, for_platform: bool = False
) -> dict[str, Any]:
    """What ``elements/log.html`` shows: the page that the address asks for."""
    page = page_of(entries, size=ROWS, after=_entry_named(request.GET.get("after", "")))
    asked = request.GET.copy()
    asked.pop("after", None)
    target_id = form.wanted().target_id
    of_any_target = asked.copy()
    of_any_target.pop("target", None)
    return {
        "lines": lines_of(page.entries, for_platform=for_platform),
        "older": page.older,
        "form": form,
        "asked": asked.urlencode(),
        "of_any_target": of_any_target.urlencode(),
        "is_narrowed": bool(target_id),
        "on": on_what(AuditEntry.objects.all(), target_id, for_platform=for_platform)
        if target_id
        else None,
        "is_first": "after" not in request.GET,
    }


def _entry_named(asked: str) -> uuid.UUID | None:
    """The entry that an address names; none where it names nothing that could be one."""
    try:
        return uuid.UUID(asked)
    except ValueError:
        return None


def _form(request: TenantRequest) -> LogForm:
    members = Membership.objects.select_related("user").order_by("user__name")[:200]
    people = [(str(member.user_id), member.user.name) for member in members]
    return LogForm(request.GET, people=people)
