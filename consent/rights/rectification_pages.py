"""A member sets right what is stored on a person, or adds what the person has to say to it."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import text_or
from consent.erasure.words import number_of
from consent.rights.consents import consents_of
from consent.rights.errors import (
    EmptyStatementError,
    NobodyError,
    StatementTooLongError,
    TooManyStatementsError,
)
from consent.rights.models import LONGEST_STATEMENT, SupplementaryStatement
from consent.rights.rectifying import MOST, add_statement, change_language
from consent.rights.restriction_pages import nobody_left
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.bots.models import Subscriber


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the person"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy(
            "In it they get the copy of their data, and are told of their erasure."
        ),
    )


class StatementForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What the person states"),
        max_length=LONGEST_STATEMENT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Filled in here, in the reader's language: a lazy text is in one as soon as it is filled.
        self.fields["text"].help_text = _("In their own words, up to %(most)d characters.") % {
            "most": LONGEST_STATEMENT
        }


@never_cache
@tenant_page
def rectify(request: TenantRequest, subscriber_id: uuid.UUID) -> HttpResponse:
    """Two forms; ``what`` says which one was sent. Each reading of statements is in the log."""
    person = get_object_or_404(Subscriber, pk=subscriber_id)
    sent = request.POST.get("what") if request.method == "POST" else None
    language = LanguageForm(
        request.POST if sent == "language" else None, initial={"language": person.language}
    )
    statement = StatementForm(request.POST if sent == "statement" else None)
    try:
        if sent == "language" and language.is_valid():
            change_language(person, language.cleaned_data["language"], by=request.user)
            return _done(request, person, _("The language is set right."))
        if sent == "statement" and statement.is_valid():
            add_statement(person, statement.cleaned_data["text"], by=request.user)
            return _done(request, person, _("The statement is stored beside the messages."))
    except NobodyError:
        return nobody_left(request)
    except (EmptyStatementError, StatementTooLongError):
        statement.add_error("text", _("This is too long, or empty."))
    except TooManyStatementsError:
        full = _("There are %(most)d statements already; more cannot be stored.") % {"most": MOST}
        statement.add_error(None, full)
    return _shown(request, person, language, statement)


def _shown(
    request: TenantRequest, person: Subscriber, language: LanguageForm, statement: StatementForm
) -> HttpResponse:
    statements = [
        (each.at, text_or(each, "text", _("This cannot be read at the moment.")))
        for each in SupplementaryStatement.objects.filter(subscriber=person)
    ]
    record("people.read", details={"searched_for_a_person": True})
    return TemplateResponse(
        request,
        "consent/rights/rectifying/rectify.html",
        {
            "person": person,
            "number": number_of(person),
            "language_form": language,
            "statement_form": statement,
            "statements": statements,
            "consents_url": consents_of(request, person),
        },
        status=422 if language.is_bound or statement.is_bound else 200,
    )


def _done(request: TenantRequest, person: Subscriber, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("rights:rectify", request.tenant.slug, person.pk)
