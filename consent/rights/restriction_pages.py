"""A member restricts the use of a person's data, and has the restriction lifted."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.erasure.person_exports.asking import can_be_written_to
from consent.erasure.words import number_of
from consent.rights.by_hand.models import RightsRequest
from consent.rights.errors import (
    BadDayError,
    NobodyError,
    NoteMissingError,
    NoteTooLongError,
    RightsError,
)
from consent.rights.models import LONGEST_NOTE, Restriction
from consent.rights.restricting import lift, lift_told_otherwise, restrict
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.bots.models import Channel, Platform, Subscriber


class RestrictForm(forms.Form):
    ground = forms.ChoiceField(
        label=gettext_lazy("Why is it restricted?"),
        choices=Restriction.Ground.choices,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It stands in the copy of the person's data: they may read it."),
    )


class ToldForm(forms.Form):
    """How a person was told that the use of their data begins again."""

    way = forms.ChoiceField(
        label=gettext_lazy("How did you tell the person?"),
        choices=RightsRequest.Way.choices,
        widget=forms.RadioSelect,
    )
    on = forms.DateField(
        label=gettext_lazy("Told the person"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Not by when it is sent: by when it has reached them."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It stands in the copy of the person's data: they may read it."),
    )


_WORDS: dict[type[RightsError], tuple[str, Any]] = {
    BadDayError: (
        "on",
        gettext_lazy("The day must not be ahead, and not before the restriction was set."),
    ),
    NoteMissingError: ("note", gettext_lazy("Please say in which way.")),
    NoteTooLongError: ("note", gettext_lazy("This is too long.")),
}
"""The field that an error is about, and what is said."""


@tenant_page
def restrict_person(request: TenantRequest, subscriber_id: uuid.UUID) -> HttpResponse:
    """Pressed twice, it is restricted once."""
    person = get_object_or_404(Subscriber, pk=subscriber_id)
    form = RestrictForm(request.POST or None)
    if form.is_valid():
        try:
            restrict(
                person,
                ground=Restriction.Ground(form.cleaned_data["ground"]),
                note=form.cleaned_data["note"],
                by=request.user,
            )
        except NobodyError:
            return nobody_left(request)
        except NoteTooLongError:
            form.add_error("note", _("This is too long."))
        else:
            messages.success(request, _("Restricted. The data are stored, and nothing else."))
            return redirect("rights:person", request.tenant.slug, person.pk)
    return TemplateResponse(
        request,
        "consent/rights/restricting/restrict.html",
        {"form": form, "person": person, "number": number_of(person)},
        status=422 if form.is_bound else 200,
    )


@tenant_page
def lift_one(request: TenantRequest, restriction_id: uuid.UUID) -> HttpResponse:
    """Asked by GET, done by POST. Pressed twice, the person is told once."""
    restriction = get_object_or_404(
        Restriction.objects.select_related("subscriber__channel"), pk=restriction_id
    )
    person = restriction.subscriber
    if request.method != "POST":
        return TemplateResponse(
            request,
            "consent/rights/restricting/lift.html",
            {
                "person": person,
                "number": number_of(person),
                "restriction": restriction,
                "can_be_written_to": can_be_written_to(person),
                "is_connected": person.channel.state != Channel.State.DISCONNECTED,
                "is_web": person.channel.platform == Platform.WEB,
            },
        )
    try:
        lift(restriction, by=request.user)
    except NobodyError:
        return nobody_left(request)
    messages.success(request, _("The person is being told. Then the restriction ends."))
    return redirect("rights:person", request.tenant.slug, person.pk)


@tenant_page
def lift_one_told_otherwise(request: TenantRequest, restriction_id: uuid.UUID) -> HttpResponse:
    """Where the chat could not tell the person, or need not. Pressed twice, it ends once."""
    restriction = get_object_or_404(
        Restriction.objects.select_related("subscriber__channel"), pk=restriction_id
    )
    person = restriction.subscriber
    form = ToldForm(request.POST or None)
    if form.is_valid():
        told = form.cleaned_data
        way = RightsRequest.Way(told["way"])
        try:
            lift_told_otherwise(
                restriction, way=way, on=told["on"], note=told["note"], by=request.user
            )
        except NobodyError:
            return nobody_left(request)
        except RightsError as error:
            form.add_error(*_WORDS[type(error)])
        else:
            messages.success(request, _("The restriction has ended."))
            return redirect("rights:person", request.tenant.slug, person.pk)
    return TemplateResponse(
        request,
        "consent/rights/restricting/told.html",
        {"form": form, "person": person, "number": number_of(person)},
        status=422 if form.is_bound else 200,
    )


def nobody_left(request: TenantRequest) -> HttpResponse:
    """Where the person went, or asked to go, while somebody looked at their page."""
    messages.info(request, _("This person is being erased, or has been."))
    return redirect("rights:people", request.tenant.slug)
