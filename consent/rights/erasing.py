"""The question before a business erases somebody, some or all: a dry run, and then one button."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consent.erasure.errors import NobodySelectedError, RestrictedError
from consent.erasure.foreseeing import foresee
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure, request_erasure_of_many
from consent.erasure.selecting import Selection, all_of, passed_over, selected, these
from consent.erasure.words import number_of
from consent.rights.by_hand.models import RightsRequest
from consent.rights.by_hand.passing import note_passed_over, open_before_erasing
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.bots.models import Bot, Subscriber

MOST = 100
"""So many can be chosen one by one."""
MOST_SHOWN = 10
"""Open requests that stand in the question; of more, how many."""
Origin = Erasure.Origin


class AskedForError(ValueError):
    """What the address names is nobody; its text is for the reader."""


@dataclass(frozen=True)
class Asked:
    """Whom a page or a pressed button is about: exactly one, some, or all."""

    selection: Selection
    fields: list[tuple[str, str]]
    """The same once more, for the button's form."""
    one: Subscriber | None = None
    bot: Bot | None = None

    @property
    def is_everybody(self) -> bool:
        return "subjects" not in self.selection


class SureForm(forms.Form):
    """Whoever erases all of a bot or a business types its name: a slip of the hand does not.

    Where somebody has asked for something that is open, it is said besides that this is known.
    """

    typed = forms.CharField(max_length=200, widget=forms.TextInput({"autocomplete": "off"}))
    passed_over = forms.BooleanField(
        label=gettext_lazy("I know of these requests, and erase for a reason of our own."),
        widget=forms.CheckboxInput({"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Please confirm. Nobody has been erased.")},
    )

    def __init__(
        self, data: Mapping[str, Any] | None, *, name: str = "", is_open: bool = False
    ) -> None:
        super().__init__(data)
        self.name = name
        if name:
            self.fields["typed"].label = _("Type the name to confirm: %(name)s") % {"name": name}
        else:
            del self.fields["typed"]
        if not is_open:
            del self.fields["passed_over"]

    def clean_typed(self) -> str:
        typed = " ".join(str(self.cleaned_data["typed"]).split())
        if typed.casefold() != " ".join(self.name.split()).casefold():
            raise forms.ValidationError(
                gettext_lazy("This is not the name. Nobody has been erased.")
            )
        return typed


@tenant_page
def erase(request: TenantRequest) -> HttpResponse:
    """Asked by GET, done by POST. Sent twice, it is done once, and leads to the same job."""
    sent = request.POST if request.method == "POST" else request.GET
    try:
        asked = _asked_for(sent)
    except AskedForError as error:
        messages.error(request, str(error))
        return redirect("rights:people", request.tenant.slug)
    still_open = list(open_before_erasing(selected(asked.selection)))
    form = None
    if asked.is_everybody or still_open:
        form = SureForm(
            request.POST if request.method == "POST" else None,
            name=_name_of(request, asked),
            is_open=bool(still_open),
        )
    if request.method == "POST" and (form is None or form.is_valid()):
        return _erase(request, asked, still_open)
    return _question(request, asked, form, still_open)


def _name_of(request: TenantRequest, asked: Asked) -> str:
    """What is to be typed: nothing, where people were chosen one by one."""
    if not asked.is_everybody:
        return ""
    return asked.bot.name if asked.bot else request.tenant.company


def _erase(request: TenantRequest, asked: Asked, still_open: list[RightsRequest]) -> HttpResponse:
    try:
        with transaction.atomic():
            if asked.one is not None:
                erasure = request_erasure(asked.one, origin=Origin.TENANT)
            else:
                erasure = request_erasure_of_many(
                    asked.selection, origin=Origin.TENANT, language=request.LANGUAGE_CODE
                )
            note_passed_over(still_open)
    except (NobodySelectedError, RestrictedError, Subscriber.DoesNotExist):
        return _nobody(request, asked)
    messages.success(request, _("The erasure has begun. Here you see how far it has got."))
    return redirect("erasure:detail", request.tenant.slug, erasure.code)


def _question(
    request: TenantRequest,
    asked: Asked,
    form: SureForm | None,
    still_open: list[RightsRequest],
) -> HttpResponse:
    foreseen = foresee(asked.selection)
    if not foreseen.people:
        return _nobody(request, asked)
    return TemplateResponse(
        request,
        "consent/rights/erase.html",
        {
            "asked": asked,
            "title": _title(asked, foreseen.people),
            "foreseen": foreseen,
            "form": form,
            "still_open": still_open[:MOST_SHOWN],
            "more_open": max(0, len(still_open) - MOST_SHOWN),
        },
        status=422 if form is not None and form.is_bound else 200,
    )


def _nobody(request: TenantRequest, asked: Asked) -> HttpResponse:
    if passed_over(asked.selection).exists():
        messages.error(
            request,
            _(
                "Nobody was erased: the use of their data is restricted. Lift the restriction"
                " first; a person's own wish in the chat is carried out at any time."
            ),
        )
        if asked.one is not None:
            return redirect("rights:person", request.tenant.slug, asked.one.pk)
    else:
        messages.info(
            request, _("Nothing is stored on them any more, or they are being erased already.")
        )
    return redirect("rights:people", request.tenant.slug)


def _title(asked: Asked, people: int) -> str:
    if asked.one is not None:
        return _("Erase the person %(number)s?") % {"number": number_of(asked.one)}
    if asked.bot is not None:
        return _("Erase everybody of “%(name)s”?") % {"name": asked.bot.name}
    if asked.is_everybody:
        return _("Erase everybody?")
    return ngettext("Erase %(count)d person?", "Erase %(count)d people?", people) % {
        "count": people
    }


def _asked_for(sent: QueryDict) -> Asked:
    """Raises ``AskedForError``."""
    if subjects := sent.getlist("subject"):
        return _chosen(subjects)
    until = _moment(sent.get("until", ""))
    moment = ("until", until.isoformat())
    if sent.get("everybody"):
        return Asked(all_of(until=until), [("everybody", "1"), moment])
    number = _number(sent.get("bot", ""))
    bot = Bot.objects.filter(pk=number).first() if number else None
    if bot is None:
        raise AskedForError(_("Please choose first whom you want to erase."))
    return Asked(all_of(bot, until=until), [("bot", str(bot.pk)), moment], bot=bot)


def _chosen(subjects: list[str]) -> Asked:
    if len(subjects) > MOST:
        raise AskedForError(
            _("At most %(most)d people can be chosen one by one. For more, erase everybody.")
            % {"most": MOST}
        )
    numbers = {number for each in subjects if (number := _number(each))}
    selection = these(numbers)
    one = Subscriber.objects.filter(pk__in=numbers).first() if len(numbers) == 1 else None
    return Asked(selection, [("subject", each) for each in selection["subjects"]], one=one)


def _number(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime:
    """When the question was asked: who comes after it was not in its numbers. Else now."""
    now = timezone.now()
    try:
        asked_at = parse_datetime(text)
    except ValueError:
        return now
    if asked_at is None or timezone.is_naive(asked_at):
        return now
    return min(asked_at, now)
