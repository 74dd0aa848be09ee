"""Where an admin writes the next version of a text: seen as it will be, then handed in."""

import datetime
import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from chatbo.dashboard.text_mails import tell_lawyers
from consent.texts.drafting import as_version, begin_draft, hold_draft, offered_for, submit_draft
from consent.texts.effects import Effect
from consent.texts.errors import DraftGoneError
from consent.texts.examples import example_of
from consent.texts.models import TextDraft, TextVersion
from consent.texts.parts import changed_parts
from consent.texts.placeholders import names_in, stray_braces_in
from consent.texts.rendering import as_html_with_examples
from tenants.accounts.access import PlatformRequest, platform_page

YEARS_AHEAD = 10
"""Further away no text is planned; a year with five digits is a slip of the hand."""


class DayField(forms.DateField):
    """A day's beginning, where this installation is; from yesterday to ten years ahead.

    What somebody began yesterday may be saved today. No day is taken that the database keeps and
    nobody can read again.
    """

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: object) -> datetime.datetime | None:
        day = super().clean(value)
        today = timezone.localdate()
        first = today - datetime.timedelta(days=1)
        last = datetime.date(today.year + YEARS_AHEAD, 12, 31)
        if day and not first <= day <= last:
            raise forms.ValidationError(
                _("Give a day from %(first)s to %(last)s.")
                % {"first": _in_words(first), "last": _in_words(last)}
            )
        return timezone.make_aware(datetime.datetime.combine(day, datetime.time())) if day else None

    def prepare_value(self, value: object) -> object:
        if isinstance(value, datetime.datetime):
            return timezone.localdate(value).isoformat()
        return value


def _in_words(day: datetime.date) -> str:
    return str(formats.date_format(day, "SHORT_DATE_FORMAT"))


class DraftForm(forms.ModelForm[TextDraft]):
    """The whole text and what is said about it. ``is_final``: nothing may be left out."""

    valid_from = DayField(
        label=gettext_lazy("Valid from"),
        help_text=gettext_lazy("Empty: from its approval on."),
        required=False,
    )
    valid_until = DayField(
        label=gettext_lazy("First day without this text"),
        help_text=gettext_lazy("Empty: until the next version."),
        required=False,
    )

    class Meta:
        model = TextDraft
        fields = (
            "title",
            "body",
            "change",
            "reason",
            "effect",
            "valid_from",
            "valid_until",
        )
        widgets = {
            "body": forms.Textarea(attrs={"rows": 18, "spellcheck": "true"}),
            "effect": forms.RadioSelect,
        }

    def __init__(self, *args: object, is_final: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they are
        self.fields["effect"].choices = Effect.choices  # type: ignore[attr-defined]  # no blank one
        for name in ("change", "reason", "effect"):
            self.fields[name].required = is_final
        self._is_final = is_final

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"]).replace("\r\n", "\n").strip() + "\n"
        if unknown := names_in(body) - offered_for(self.instance.base).keys():
            names = ", ".join(sorted(unknown))
            raise forms.ValidationError(
                _("ChatBo cannot fill in: %(names)s. See the list of placeholders."),
                params={"names": names},
            )
        if strays := stray_braces_in(body):
            raise forms.ValidationError(
                _("This is no placeholder, and readers would see the braces: %(words)s"),
                params={"words": ", ".join(strays)},
            )
        return body

    def clean(self) -> dict[str, object]:
        said = super().clean() or {}
        base = self.instance.base
        start, end = said.get("valid_from"), said.get("valid_until")
        if start and end and start >= end:
            self.add_error("valid_until", _("This day comes before the first one."))
        elif end and end <= timezone.now():
            self.add_error("valid_until", _("Give a day that is still to come."))
        if self._is_final and (said.get("title"), said.get("body")) == (base.title, base.body):
            self.add_error(None, _("Nothing has changed so far."))
        return said


@require_POST
@platform_page
def begin(request: PlatformRequest, version_id: uuid.UUID) -> HttpResponse:
    """A draft of the version's text; the one that this admin began earlier goes on."""
    version = get_object_or_404(TextVersion, pk=version_id)
    return redirect("platform:draft", begin_draft(version, author=request.user).pk)


@require_http_methods(["GET", "HEAD", "POST"])
@platform_page
def draft(request: PlatformRequest, draft_id: uuid.UUID) -> HttpResponse:
    """One's own draft. A POST saves it, and then submits it if asked to."""
    own = TextDraft.objects.of(request.user)
    if request.method != "POST":
        found = get_object_or_404(own, pk=draft_id)
        return _page(request, found, DraftForm(instance=found))
    try:
        found = hold_draft(draft_id, author=request.user)
    except DraftGoneError:
        return _gone(request)
    is_final = request.POST.get("do") == "submit"
    form = DraftForm(request.POST, instance=found, is_final=is_final)
    if not form.is_valid():
        # As it was saved last, not as it was refused.
        return _page(request, own.get(pk=draft_id), form)
    form.save()
    if is_final:
        version = submit_draft(found, author=request.user)
        tell_lawyers(version)
        messages.success(request, _("Handed in. A lawyer decides on it."))
        return redirect("platform:text", version.pk)
    messages.success(request, _("Saved."))
    return redirect("platform:draft", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@platform_page
def discard(request: PlatformRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Asks once, then throws one's own draft away."""
    if request.method != "POST":
        found = get_object_or_404(TextDraft.objects.of(request.user), pk=draft_id)
        context = {"draft": found}
        return TemplateResponse(request, "chatbo/dashboard/text_draft_discard.html", context)
    try:
        hold_draft(draft_id, author=request.user).delete()
    except DraftGoneError:
        return _gone(request)
    messages.success(request, _("The draft is gone."))
    return redirect("platform:texts")


def _gone(request: PlatformRequest) -> HttpResponse:
    """For a press that comes too late, as the second of two does, and for a stranger alike."""
    messages.info(
        request,
        _("This draft is not there any more: it was handed in or thrown away. Nothing was stored."),
    )
    return redirect("platform:texts")


def _page(request: PlatformRequest, found: TextDraft, form: DraftForm) -> HttpResponse:
    language = found.base.language
    context = {
        "draft": found,
        "form": form,
        "changes": changed_parts(found.base.body, found.body),
        "text": as_html_with_examples(as_version(found)),
        "placeholders": [
            {"name": name, "kind": kind.label, "example": example_of(name, kind, language)}
            for name, kind in offered_for(found.base).items()
        ],
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "chatbo/dashboard/text_draft.html", context, status=status)
