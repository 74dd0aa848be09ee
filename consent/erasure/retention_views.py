"""How long a bot's inactive people stay: the setting, and a warning before it erases somebody."""

import uuid
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.erasure.retention import LONGEST, SHORTEST, change_retention, inactive_on
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.bots.models import Bot


class RetentionForm(forms.Form):
    months = forms.IntegerField(
        label=gettext_lazy("Months without a message"),
        min_value=SHORTEST,
        max_value=LONGEST,
        help_text=gettext_lazy(
            "Whoever has not written for so long is erased in the following night. As short as"
            " your purpose allows: between 2 and 36 months."
        ),
    )


@tenant_page
def retention(request: TenantRequest, bot_id: uuid.UUID) -> HttpResponse:
    """A shorter period that would erase somebody is asked about once more, with their number."""
    bot = get_object_or_404(Bot, pk=bot_id)
    bound = request.POST if request.method == "POST" else None
    form = RetentionForm(bound, initial={"months": bot.retention_months})
    if not form.is_valid():
        return _shown(request, bot, form, status=422 if form.is_bound else 200)
    months: int = form.cleaned_data["months"]
    if months < bot.retention_months and request.POST.get("sure") != str(months):
        tomorrow = timezone.localdate() + timedelta(days=1)
        if people := inactive_on(tomorrow, bot, months).count():
            return _shown(request, bot, form, people=people)
    change_retention(bot, months=months)
    messages.success(request, _("Saved."))
    return redirect("bots:show", request.tenant.slug, bot.pk)


def _shown(
    request: TenantRequest, bot: Bot, form: RetentionForm, *, people: int = 0, status: int = 200
) -> HttpResponse:
    template = "retention_sure.html" if people else "retention.html"
    context = {"bot": bot, "form": form, "people": people}
    return TemplateResponse(request, f"consent/erasure/{template}", context, status=status)
