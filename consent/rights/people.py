"""Finding somebody who is to be erased, and one person's page."""

import uuid
from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from chatbo.foundation.audit.entries import record
from chatbo.foundation.pages import show_page
from chatbo.foundation.personal_data import declarations_about
from chatbo.foundation.personal_data.rows import rows_about
from chatbo.foundation.searching import (
    finds_people,
    searched_person,
)
from consent.erasure.holds.shown import holds_on
from consent.erasure.models import Erasure
from consent.erasure.person_exports.shown import copies_of
from consent.erasure.words import kind_of_rows, number_of
from consent.register.kinds import words_for
from consent.rights.by_hand.passing import unchecked_wish_for_copy
from consent.rights.by_hand.shown import requests_of
from consent.rights.consents import consents_of
from consent.rights.restrictions_shown import restrictions_of
from consent.rights.tables import FORM, PeopleTable
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.bots.models import Bot, Channel, Subscriber


class OfBotForm(forms.Form):
    """Of which bot people are shown, and whether only who is restricted; of what it does not
    understand, all."""

    bot = forms.ModelChoiceField(
        Bot.objects.none(),
        label=_("Bot"),
        required=False,
        empty_label=_("all bots"),
        widget=forms.Select({"class": "form-select"}),
    )
    restricted = forms.BooleanField(
        label=_("only people whose data are restricted"),
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django takes them
        self.fields["bot"].queryset = Bot.objects.order_by("name", "pk")  # type: ignore[attr-defined]  # a field with a choice of rows


@dataclass(frozen=True)
class Held:
    """How many rows of one kind are stored on somebody, and what they say about them."""

    what: str
    count: int
    categories: list[str]


@require_safe
@tenant_page
@finds_people("rights:people")
def people(request: TenantRequest) -> HttpResponse:
    """The newest first; or whoever has an id at the platform, exactly, on whichever channel."""
    words = searched_person(request)
    form = OfBotForm(request.GET)
    bot = form.cleaned_data["bot"] if form.is_valid() else None
    only_restricted = form.is_valid() and form.cleaned_data["restricted"]
    shown = Subscriber.objects.select_related("channel__bot").order_by("-pk")
    if bot:
        shown = shown.filter(channel__bot=bot)
    if only_restricted:
        shown = shown.exclude(restricted_at=None)
    if words:
        shown = shown.filter(pk__in=_known_as(words))
    table = PeopleTable(shown, tenant_slug=request.tenant.slug)
    show_page(request, table, rows=25)
    table.count_messages()
    record("people.read", details={"searched_for_a_person": bool(words)})
    return TemplateResponse(
        request,
        "consent/rights/people.html",
        {
            "table": table,
            "any": Subscriber.objects.exists(),
            "form": form,
            "bot": bot,
            "only_restricted": only_restricted,
            "search": words,
            "choosing": FORM,
            "here": request.get_full_path(),
        },
    )


@require_safe
@tenant_page
def person(request: TenantRequest, subscriber_id: uuid.UUID) -> HttpResponse:
    """What is stored on one person, in numbers: no word that they said, and no name."""
    subscriber = get_object_or_404(
        Subscriber.objects.select_related("channel__bot"), pk=subscriber_id
    )
    record("people.read", details={"searched_for_a_person": True})
    restriction, earlier = restrictions_of(subscriber)
    own = Erasure.objects.unfinished().filter(subject_id=subscriber.pk).first()
    return TemplateResponse(
        request,
        "consent/rights/person.html",
        {
            "person": subscriber,
            "number": number_of(subscriber),
            "held": _held(subscriber),
            "consents_url": consents_of(request, subscriber),
            "own": own,
            "copies": copies_of(subscriber),
            "unchecked": unchecked_wish_for_copy(subscriber.pk),
            "holds": holds_on(subscriber.pk),
            "requests": requests_of(subscriber.pk),
            "restriction": restriction,
            "earlier_restrictions": earlier,
        },
    )


def _known_as(identifier: str) -> list[uuid.UUID]:
    """The digest of an id at the platform is its channel's, so each is asked for its own."""
    found = (
        Subscriber.objects.known_as(channel_id, identifier)
        for channel_id in Channel.objects.values_list("pk", flat=True)
    )
    return [each.pk for each in found if each is not None]


def _held(subscriber: Subscriber) -> list[Held]:
    label = Subscriber._meta.label
    return [
        Held(
            what=kind_of_rows(model._meta.label, count),
            count=count,
            categories=[words_for(each) for each in dict.fromkeys(declaration.holds.values())],
        )
        for model, declaration in declarations_about(label)
        if model not in {Subscriber, Erasure}
        and (count := rows_about(subscriber, model, declaration).count())
    ]
