"""What a member does with a request: each asked by GET, done by POST, and twice is once."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from consent.rights.by_hand.carrying_out import copy_by_request, erase_by_request
from consent.rights.by_hand.checking import check_identity, extend_time, note_told_longer
from consent.rights.by_hand.closing import answer_request, refuse_request, withdraw_request
from consent.rights.by_hand.errors import ByHandError
from consent.rights.by_hand.forms import (
    AnswerForm,
    CheckForm,
    ExtendForm,
    RefuseForm,
    ToldForm,
    tried,
    words_for,
)
from consent.rights.by_hand.models import RightsRequest
from consent.rights.by_hand.naming import unname_person
from consent.rights.by_hand.shown import Shown
from tenants.accounts.access import TenantRequest, tenant_page

Said = dict[str, Any]


@tenant_page
def check(request: TenantRequest, wish_id: uuid.UUID) -> HttpResponse:
    def done(wish: RightsRequest, said: Said) -> Any:
        identity = RightsRequest.Identity(said.pop("identity"))
        return check_identity(wish, identity=identity, by=request.user, **said)

    words = _("Noted. Now you can do what is asked for.")
    return _filled_in(
        request, wish_id, form_on=_plain(CheckForm), name="check", use_case=done, words=words
    )


@tenant_page
def extend(request: TenantRequest, wish_id: uuid.UUID) -> HttpResponse:
    def done(wish: RightsRequest, said: Said) -> Any:
        return extend_time(wish, **said)

    words = _("Extended. Tell the person now, within the month, and why: the letter says it.")
    return _filled_in(
        request, wish_id, form_on=_plain(ExtendForm), name="extend", use_case=done, words=words
    )


@tenant_page
def answer(request: TenantRequest, wish_id: uuid.UUID) -> HttpResponse:
    def done(wish: RightsRequest, said: Said) -> Any:
        reply = RightsRequest.Reply(said.pop("reply"))
        return answer_request(wish, reply=reply, **said)

    def form_on(wish: RightsRequest, data: Any) -> AnswerForm:
        shown = Shown(wish)
        return AnswerForm(data, asks_how=shown.may_be_answered and shown.known is None)

    words = _("The request is answered. What was only needed for it is deleted.")
    return _filled_in(request, wish_id, form_on=form_on, name="answer", use_case=done, words=words)


@tenant_page
def told_longer(request: TenantRequest, wish_id: uuid.UUID) -> HttpResponse:
    def done(wish: RightsRequest, said: Said) -> Any:
        return note_told_longer(wish, on=said["on"], reply=RightsRequest.Reply(said["reply"]))

    words = _("Noted: the person knows that it takes longer.")
    return _filled_in(
        request, wish_id, form_on=_plain(ToldForm), name="told_longer", use_case=done, words=words
    )


@tenant_page
def refuse(request: TenantRequest, wish_id: uuid.UUID) -> HttpResponse:
    def done(wish: RightsRequest, said: Said) -> Any:
        ground = RightsRequest.Ground(said.pop("ground"))
        reply = RightsRequest.Reply(said.pop("reply"))
        return refuse_request(wish, ground=ground, reply=reply, **said)

    words = _("The request is refused. Tell the person why, and that they can complain.")
    return _filled_in(
        request, wish_id, form_on=_plain(RefuseForm), name="refuse", use_case=done, words=words
    )


@tenant_page
def unname(request: TenantRequest, wish_id: uuid.UUID) -> HttpResponse:
    words = _("Taken back. The request is about nobody now; say on their page whose it is.")
    return _confirmed(request, wish_id, "unname", unname_person, words)


@tenant_page
def erase(request: TenantRequest, wish_id: uuid.UUID) -> HttpResponse:
    words = _("The erasure has begun. Its state stands here.")
    return _confirmed(request, wish_id, "erase", erase_by_request, words)


@tenant_page
def withdraw(request: TenantRequest, wish_id: uuid.UUID) -> HttpResponse:
    words = _("The request is taken back.")
    return _confirmed(request, wish_id, "withdraw", withdraw_request, words)


@require_POST
@tenant_page
def make_copy(request: TenantRequest, wish_id: uuid.UUID) -> HttpResponse:
    def done(wish: RightsRequest) -> Any:
        return copy_by_request(wish, user=request.user)

    words = _("The copy is being prepared. You download it here.")
    return _confirmed(request, wish_id, "", done, words)


def _plain(form_class: type[forms.Form]) -> Callable[[RightsRequest, Any], forms.Form]:
    """A form that is the same on every request."""
    return lambda _wish, data: form_class(data)


def _filled_in(
    request: TenantRequest,
    wish_id: uuid.UUID,
    *,
    form_on: Callable[[RightsRequest, Any], forms.Form],
    name: str,
    use_case: Callable[[RightsRequest, Said], Any],
    words: Any,
) -> HttpResponse:
    wish = get_object_or_404(RightsRequest, pk=wish_id)
    form = form_on(wish, request.POST if request.method == "POST" else None)
    if wish.is_closed:
        return _closed_already(request, wish)
    if form.is_valid() and tried(form, lambda: use_case(wish, dict(form.cleaned_data))):
        messages.success(request, words)
        return redirect("requests:show", request.tenant.slug, wish.pk)
    return TemplateResponse(
        request,
        f"consent/rights/by_hand/{name}.html",
        {"form": form, "wish": wish, "shown": Shown(wish)},
        status=422 if form.is_bound else 200,
    )


def _confirmed(
    request: TenantRequest,
    wish_id: uuid.UUID,
    name: str,
    use_case: Callable[[RightsRequest], Any],
    words: Any,
) -> HttpResponse:
    wish = get_object_or_404(RightsRequest, pk=wish_id)
    if wish.is_closed:
        return _closed_already(request, wish)
    if request.method != "POST":
        context = {"wish": wish, "shown": Shown(wish)}
        return TemplateResponse(request, f"consent/rights/by_hand/{name}.html", context)
    try:
        use_case(wish)
    except ByHandError as error:
        messages.error(request, words_for(error))
    else:
        messages.success(request, words)
    return redirect("requests:show", request.tenant.slug, wish.pk)


def _closed_already(request: TenantRequest, wish: RightsRequest) -> HttpResponse:
    messages.info(request, _("This request is closed."))
    return redirect("requests:show", request.tenant.slug, wish.pk)
