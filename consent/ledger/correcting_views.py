"""The question before a record is set right."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatbo.foundation.audit.words import MISTAKES
from consent.ledger.correcting import correct_record, correction_of
from consent.ledger.models import ConsentRecord
from tenants.accounts.access import TenantRequest, tenant_page


class CorrectingForm(forms.Form):
    why = forms.ChoiceField(
        label=gettext_lazy("What was wrong?"), choices=MISTAKES.items(), widget=forms.RadioSelect
    )


@tenant_page
def correct(request: TenantRequest, record_id: uuid.UUID) -> HttpResponse:
    """Asked on a page of its own; sent twice, it is set right once."""
    found = ConsentRecord.objects.select_related("text_version").filter(pk=record_id).first()
    if found is None:
        raise Http404
    if not found.may_be_corrected:
        messages.error(request, _("Only what somebody agreed to towards you can be set right."))
        return redirect("ledger:detail", request.tenant.slug, found.pk)
    if (done := correction_of(found)) is not None:
        return redirect("ledger:detail", request.tenant.slug, done.pk)
    form = CorrectingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = correct_record(found, why=form.cleaned_data["why"])
        messages.success(request, _("The record is set right: the consent no longer counts."))
        return redirect("ledger:detail", request.tenant.slug, made.pk)
    return TemplateResponse(
        request,
        "consent/ledger/correct.html",
        {"record": found, "form": form},
        status=422 if form.is_bound else 200,
    )
