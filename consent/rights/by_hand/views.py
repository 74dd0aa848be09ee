"""A member's pages about requests by hand: the list, entering one, and what is known of it."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chatbo.foundation.audit.entries import record
from chatbo.foundation.pages import show_page
from consent.erasure.words import number_of
from consent.rights.by_hand.carrying_out import carry_out_on
from consent.rights.by_hand.entering import enter_request
from consent.rights.by_hand.errors import ByHandError
from consent.rights.by_hand.forms import NewForm, StateForm, tried, words_for
from consent.rights.by_hand.models import RightsRequest
from consent.rights.by_hand.naming import name_person
from consent.rights.by_hand.shown import Shown
from consent.rights.by_hand.tables import RequestTable, state_of
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.bots.models import Subscriber


@require_safe
@tenant_page
def request_list(request: TenantRequest) -> HttpResponse:
    wishes = RightsRequest.objects.open_first()
    form = StateForm(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    table = RequestTable(
        wishes.filter(state=state) if state else wishes, tenant_slug=request.tenant.slug
    )
    show_page(request, table, rows=25)
    overdue = wishes.overdue().count()
    return TemplateResponse(
        request,
        "consent/rights/by_hand/list.html",
        {
            "table": table,
            "any": wishes.exists(),
            "form": form,
            "unanswered": wishes.unanswered().count(),
            "overdue": overdue,
            "soon_due": wishes.soon_due().count() - overdue,
        },
    )


@tenant_page
def new_request(request: TenantRequest, subscriber_id: uuid.UUID | None = None) -> HttpResponse:
    """On a person, from their page; or on nobody, where none was found."""
    person = get_object_or_404(Subscriber, pk=subscriber_id) if subscriber_id else None
    form = NewForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data | {
            "kind": RightsRequest.Kind(form.cleaned_data["kind"]),
            "way": RightsRequest.Way(form.cleaned_data["way"]),
        }
        wish = tried(form, lambda: enter_request(subscriber_id=subscriber_id, **said))
        if wish is not None:
            messages.success(request, _("Entered. Here you see what is to be done next."))
            return redirect("requests:show", request.tenant.slug, wish.pk)
    return TemplateResponse(
        request,
        "consent/rights/by_hand/new.html",
        {"form": form, "person": person, "number": number_of(person) if person else ""},
        status=422 if form.is_bound else 200,
    )


@never_cache
@require_safe
@tenant_page
def show_request(request: TenantRequest, wish_id: uuid.UUID) -> HttpResponse:
    """With what was asked, to read; each time is in the log."""
    wish = get_object_or_404(RightsRequest, pk=wish_id)
    shown = Shown(wish)
    record("rights_request.read", target=wish)
    return TemplateResponse(
        request,
        "consent/rights/by_hand/show.html",
        {
            "wish": wish,
            "shown": shown,
            "state": state_of(wish),
            "number": number_of(shown.person) if shown.person else "",
            "elsewhere": carry_out_on(wish, request.tenant.slug),
        },
    )


@never_cache
@require_safe
@tenant_page
def show_progress(request: TenantRequest, wish_id: uuid.UUID) -> HttpResponse:
    """The part of the page that changes by itself, without what was asked."""
    wish = get_object_or_404(RightsRequest, pk=wish_id)
    context = {
        "wish": wish,
        "shown": Shown(wish),
        "elsewhere": carry_out_on(wish, request.tenant.slug),
    }
    return TemplateResponse(request, "consent/rights/by_hand/_what_is_next.html", context)


@require_POST
@tenant_page
def name(request: TenantRequest, wish_id: uuid.UUID, subscriber_id: uuid.UUID) -> HttpResponse:
    """Say on a person's page that a request of nobody is theirs."""
    wish = get_object_or_404(RightsRequest, pk=wish_id)
    try:
        name_person(wish, subscriber_id=subscriber_id)
    except ByHandError as error:
        messages.error(request, words_for(error))
    else:
        messages.success(
            request,
            _(
                "The request is about this person. Until something is done for it, you can take"
                " that back."
            ),
        )
    return redirect("requests:show", request.tenant.slug, wish.pk)
