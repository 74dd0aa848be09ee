"""A member's pages about what is held for legal claims."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import UnreadableError
from chatbo.foundation.pages import show_page
from consent.erasure.holds.forms import ExtendForm, HoldForm, tried
from consent.erasure.holds.holding import extend_hold, release_hold, set_hold
from consent.erasure.holds.models import Hold
from consent.erasure.holds.shown import shown
from consent.erasure.holds.tables import HoldTable
from consent.erasure.words import number_of
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.bots.models import Subscriber


@require_safe
@tenant_page
def hold_list(request: TenantRequest) -> HttpResponse:
    holds = Hold.objects.defer("snapshot")
    table = HoldTable(holds, tenant_slug=request.tenant.slug)
    show_page(request, table, rows=25)
    context = {"table": table, "any": holds.exists()}
    return TemplateResponse(request, "consent/erasure/holds/list.html", context)


@tenant_page
def new_hold(request: TenantRequest, subscriber_id: uuid.UUID) -> HttpResponse:
    person = get_object_or_404(Subscriber, pk=subscriber_id)
    form = HoldForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data | {"ground": Hold.Ground(form.cleaned_data["ground"])}
        hold = tried(form, lambda: set_hold(person.pk, set_by_id=request.user.pk, **said))
        if hold is not None:
            messages.success(request, _("Held. Whatever erases this person leaves it to you."))
            return redirect("erasure:hold", request.tenant.slug, hold.pk)
    return _form(request, "new", form, {"person": person, "number": number_of(person)})


@never_cache
@require_safe
@tenant_page
def show_hold(request: TenantRequest, hold_id: uuid.UUID) -> HttpResponse:
    """With what is held, to read; each time is in the log."""
    hold = _hold(hold_id)
    held, is_unreadable = None, False
    try:
        held = hold.held
    except UnreadableError:
        is_unreadable = True
    record("hold.read", target=hold)
    return TemplateResponse(
        request,
        "consent/erasure/holds/show.html",
        {"shown": shown(hold), "hold": hold, "held": held, "is_unreadable": is_unreadable},
    )


@tenant_page
def extend(request: TenantRequest, hold_id: uuid.UUID) -> HttpResponse:
    hold = _hold(hold_id)
    form = ExtendForm(request.POST or None)
    if form.is_valid() and tried(form, lambda: extend_hold(hold, **form.cleaned_data)):
        messages.success(request, _("The hold is extended."))
        return redirect("erasure:hold", request.tenant.slug, hold.pk)
    return _form(request, "extend", form, {"hold": hold})


@tenant_page
def release(request: TenantRequest, hold_id: uuid.UUID) -> HttpResponse:
    """Asked by GET, done by POST. Pressed twice, it is done once."""
    hold = Hold.objects.filter(pk=hold_id).first()
    if request.method != "POST":
        context = {"hold": _hold(hold_id)}
        return TemplateResponse(request, "consent/erasure/holds/release.html", context)
    if hold is not None:
        release_hold(hold)
    messages.success(request, _("Released. What was held of somebody who was erased is deleted."))
    return redirect("erasure:holds", request.tenant.slug)


def _form(request: TenantRequest, name: str, form: Any, more: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(
        request,
        f"consent/erasure/holds/{name}.html",
        {"form": form, **more},
        status=422 if form.is_bound else 200,
    )


def _hold(hold_id: uuid.UUID) -> Hold:
    hold = Hold.objects.filter(pk=hold_id).first()
    if hold is None:
        raise Http404
    return hold
