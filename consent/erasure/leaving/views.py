"""A member's pages about the end of the business."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chatbo.foundation.audit.entries import record
from chatbo.foundation.requests import POLICY_OF_FILES
from consent.erasure.leaving.asking import cancel_ending, end_tenant
from consent.erasure.leaving.errors import NameDiffersError, NotLeavingError
from consent.erasure.leaving.exporting import ask_for_export, open_export
from consent.erasure.leaving.foreseeing import foresee_ending
from consent.erasure.leaving.forms import LeavingForm
from consent.erasure.leaving.models import GRACE, TenantEnding, TenantExport
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.accounts.models import Membership


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page
def ask(request: TenantRequest) -> HttpResponse:
    """A dry run, and the question. Sent twice, it is done once."""
    if TenantEnding.objects.unfinished().exists():
        return redirect("leaving:show", request.tenant.slug)
    sent = request.POST if request.method == "POST" else None
    form = LeavingForm(sent, company=request.tenant.company)
    if form.is_valid():
        try:
            end_tenant(
                request.tenant,
                typed=form.cleaned_data["name"],
                choice=TenantEnding.Choice(form.cleaned_data["choice"]),
                by=request.user,
                language=request.LANGUAGE_CODE,
            )
        except NameDiffersError:
            form.add_error("name", _("This is not the name. Nothing has been changed."))
        else:
            return redirect("leaving:show", request.tenant.slug)
    return TemplateResponse(
        request,
        "consent/erasure/leaving/ask.html",
        {"form": form, "foreseen": foresee_ending(), "days": GRACE.days},
        status=422 if form.is_bound else 200,
    )


@require_safe
@tenant_page
def show(request: TenantRequest) -> HttpResponse:
    """How far it is; where nobody has asked for it, that."""
    ending = TenantEnding.objects.unfinished().first()
    if ending is None:
        return TemplateResponse(request, "consent/erasure/leaving/stays.html")
    return TemplateResponse(
        request,
        "consent/erasure/leaving/show.html",
        {
            "ending": ending,
            "export": TenantExport.objects.first(),
            "days": max(0, (ending.ends_at - timezone.now()).days),
            "is_owner": Membership.Role.OWNER in request.roles,
        },
    )


@require_POST
@tenant_page
def cancel(request: TenantRequest) -> HttpResponse:
    try:
        cancel_ending(request.tenant)
    except NotLeavingError:
        messages.info(request, _("There is nothing that could be taken back any more."))
        return redirect("leaving:show", request.tenant.slug)
    messages.success(
        request, _("Your business stays. Its bots are paused: switch them on when you want them.")
    )
    return redirect("dashboard:home", request.tenant.slug)


@require_POST
@tenant_page
def renew(request: TenantRequest) -> HttpResponse:
    """Have the file made anew; of a business that stays there is none."""
    if TenantEnding.objects.unfinished().filter(state=TenantEnding.State.WAITING).exists():
        ask_for_export(language=request.LANGUAGE_CODE)
    return redirect("leaving:show", request.tenant.slug)


@require_safe
@tenant_page
def everything(request: TenantRequest) -> HttpResponseBase:
    """The file; where it is not there just now, the page that says so."""
    export = TenantExport.objects.filter(state=TenantExport.State.READY).first()
    try:
        pieces = open_export(export) if export else None
    except FileNotFoundError:
        pieces = None
    if export is None or pieces is None:
        return redirect("leaving:show", request.tenant.slug)
    record("tenant.exported", target=request.tenant)
    answer = FileResponse(pieces, content_type="application/zip")
    name = f"{request.tenant.slug}-{timezone.localdate():%Y-%m-%d}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Length"] = str(export.size)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = POLICY_OF_FILES
    return answer
