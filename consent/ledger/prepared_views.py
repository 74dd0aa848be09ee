"""Files that take longer than anybody waits: asking for one, seeing how far it is, taking it."""

import builtins
import uuid

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatbo.foundation.audit.entries import record as note
from chatbo.foundation.documents import errors as document_errors
from chatbo.foundation.searching import finds_people
from consent.ledger.export_models import ConsentExport
from consent.ledger.exports import TYPES, headers_of, refuse
from consent.ledger.preparing import ask_for_export, drop_export, open_export, retry_export
from consent.ledger.selecting import Selection
from consent.ledger.views import asked_for
from tenants.accounts.access import TenantRequest, tenant_page

Form = ConsentExport.Form


@require_POST
@tenant_page
@finds_people("ledger:list")
def ask(request: TenantRequest) -> HttpResponse:
    """The address has the filter, as the page's; the form only which kind of file is wanted."""
    asked = asked_for(request)
    if not asked.filter.is_valid():
        return refuse(request, asked)
    selection = asked.selection
    form = request.POST.get("form", "")
    # No page offers either: one person's records come at once, and are kept nowhere.
    if form not in Form.values or selection.person:
        messages.error(request, _("This cannot be prepared. Choose again under “Take along”."))
        return redirect("ledger:list", request.tenant.slug)
    export = ask_for_export(
        Form(form), selection, user=request.user, language=get_language() or settings.LANGUAGE_CODE
    )
    return redirect("ledger:prepared", request.tenant.slug, export.pk)


@require_safe
@tenant_page
def prepared(request: TenantRequest, export_id: uuid.UUID) -> HttpResponse:
    export = _export(export_id)
    context = {
        "export": export,
        "about": Selection(export.asked).in_a_sentence(),
        "reason": _in_words(export.last_error),
    }
    return TemplateResponse(request, "consent/ledger/prepared.html", context)


@require_safe
@tenant_page
def prepared_file(request: TenantRequest, export_id: uuid.UUID) -> FileResponse | HttpResponse:
    export = _export(export_id)
    if export.state != ConsentExport.State.READY:
        raise Http404
    try:
        file = open_export(export)
    except FileNotFoundError as error:
        raise Http404 from error
    note("consents.exported", target=export, details={"rows": export.total, "kind": export.form})
    answer = FileResponse(file, content_type=TYPES[Form(export.form)])
    for name, value in headers_of(export.form).items():  # After it has named the file as it lies.
        answer.headers[name] = value
    return answer


@require_POST
@tenant_page
def drop(request: TenantRequest, export_id: uuid.UUID) -> HttpResponse:
    """Twice is once: what is gone is gone."""
    export = ConsentExport.objects.filter(pk=export_id).first()
    if export is not None:
        had_file = export.state == ConsentExport.State.READY
        drop_export(export)
        messages.success(
            request,
            _("The file is deleted.") if had_file else _("The file is no longer being prepared."),
        )
    return redirect("ledger:list", request.tenant.slug)


@require_POST
@tenant_page
def retry(request: TenantRequest, export_id: uuid.UUID) -> HttpResponse:
    export = retry_export(_export(export_id))
    return redirect("ledger:prepared", request.tenant.slug, export.pk)


def _in_words(error: str) -> str:
    """Why a file could not be made, by the name of what was raised last."""
    found = getattr(builtins, error, None) or getattr(document_errors, error, None)
    kind = found if isinstance(found, type) else Exception
    if issubclass(kind, TimeoutError):
        return _("Making it was interrupted each time before it was done.")
    if issubclass(kind, OSError):
        return _("The place where we keep files could not be reached, or is full.")
    if issubclass(kind, document_errors.DocumentError):
        return _("The PDF could not be made or sealed.")
    return _("Something happened that we had not thought of. We see it in our own log.")


def _export(export_id: uuid.UUID) -> ConsentExport:
    export = ConsentExport.objects.kept().filter(pk=export_id).first()
    if export is None:
        raise Http404
    return export
