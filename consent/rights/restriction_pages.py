"""A member restricts the use of a person's data, and has the restriction lifted."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.erasure.person_exports.asking import can_be_written_to
from consent.erasure.words import number_of
from consent.rights.errors import NobodyError, NoteTooLongError
from consent.rights.models import LONGEST_NOTE, Restriction
from consent.rights.restricting import lift, restrict
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.bots.models import Subscriber


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


def restriction_on(subscriber: Subscriber) -> Restriction | None:
    """The one in force, also while it is being lifted."""
    return Restriction.objects.unfinished().filter(subscriber=subscriber).first()


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
                "can_be_written_to": can_be_written_to(person),
            },
        )
    try:
        lift(restriction, by=request.user)
    except NobodyError:
        return nobody_left(request)
    messages.success(request, _("The person is being told. Then the restriction ends."))
    return redirect("rights:person", request.tenant.slug, person.pk)


def nobody_left(request: TenantRequest) -> HttpResponse:
    """Where the person went, or asked to go, while somebody looked at their page."""
    messages.info(request, _("This person is being erased, or has been."))
    return redirect("rights:people", request.tenant.slug)
