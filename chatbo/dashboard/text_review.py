"""The lawyer's desk: each version read, compared with the one before, and decided on."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consent.texts.comparison import compare, only_changes
from consent.texts.errors import TextChangedError
from consent.texts.models import Approval, TextVersion
from consent.texts.rendering import as_html_with_placeholders
from consent.texts.versions import decide_on_text
from tenants.accounts.access import PlatformRequest, platform_page
from tenants.accounts.models import PlatformRole


class DecisionForm(forms.Form):
    """A lawyer's word. Whoever says no also says why."""

    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        help_text=gettext_lazy("Needed for a rejection; kept with the decision."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    verdict = forms.ChoiceField(choices=Approval.Verdict.choices, widget=forms.HiddenInput)

    def clean(self) -> dict[str, object]:
        said = super().clean() or {}
        if said.get("verdict") == Approval.Verdict.REJECTED and not said.get("remark"):
            self.add_error("remark", _("Say what is wrong, so that it can be corrected."))
        return said


@require_safe
@platform_page
def queue(request: PlatformRequest) -> HttpResponse:
    """What waits, then what was decided last on each text."""
    versions = TextVersion.objects.with_last_verdict()
    newest = (
        TextVersion.objects.decided()
        .order_by("key", "language", "-number")
        .distinct("key", "language")
    )
    context = {
        "pending": list(versions.pending().order_by("submitted_at", "key", "language")),
        "texts": newest,
    }
    return TemplateResponse(request, "chatbo/dashboard/texts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@platform_page
def review(request: PlatformRequest, version_id: uuid.UUID) -> HttpResponse:
    """One version. A POST is the decision, a lawyer's alone; then the next one that waits."""
    version = get_object_or_404(TextVersion, pk=version_id)
    decides = request.user.platform_role == PlatformRole.LAWYER
    form = DecisionForm(request.POST or None)
    if form.is_valid():
        try:
            decide_on_text(
                version,
                lawyer=request.user,
                verdict=Approval.Verdict(form.cleaned_data["verdict"]),
                remark=form.cleaned_data["remark"],
            )
        except TextChangedError:
            messages.error(
                request,
                _("The stored words do not fit their check value. Nothing was decided."),
            )
        else:
            messages.success(request, _("Decided: %(text)s") % {"text": version})
            return _next_after(version)
    return _page(request, version, form if decides else None)


def _page(
    request: PlatformRequest, version: TextVersion, form: DecisionForm | None
) -> HttpResponse:
    previous = version.previous
    last_word = version.last_word()
    context = {
        "version": version,
        "text": as_html_with_placeholders(version.body),
        "previous": previous,
        "changes": only_changes(compare(previous.body, version.body)) if previous else None,
        "decisions": version.approvals.order_by("-at", "-id").select_related("lawyer"),
        "last_word": last_word,
        "form": form,
        "is_approved": bool(last_word and last_word.verdict == Approval.Verdict.APPROVED),
    }
    status = 422 if form is not None and form.errors else 200
    return TemplateResponse(request, "chatbo/dashboard/text.html", context, status=status)


def _next_after(version: TextVersion) -> HttpResponse:
    waiting = TextVersion.objects.pending().order_by("submitted_at", "key", "language").first()
    return redirect("platform:text", waiting.pk) if waiting else redirect("platform:texts")
