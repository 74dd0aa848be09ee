"""The lawyer's desk: each version read, compared with what readers know, and decided on."""

import datetime
import uuid

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from chatbo.dashboard.text_history import (
    effects_on_earlier,
    history_of,
    what_follows_without,
    withdrawals_among,
)
from chatbo.dashboard.text_holders import whom_concerns
from chatbo.dashboard.text_mails import tell_author
from consent.texts.approvals import decide_on_text, end_validity, is_genuine
from consent.texts.errors import (
    AnotherWordError,
    NotApprovedError,
    NotInUseError,
    OverError,
    TextChangedError,
)
from consent.texts.examples import examples_for
from consent.texts.models import Approval, TextDraft, TextVersion
from consent.texts.parts import changed_parts
from consent.texts.placeholders import declared_in
from consent.texts.rendering import as_html_with_examples
from consent.texts.versions import known_before, text_in_force
from tenants.accounts.access import PlatformRequest, platform_page
from tenants.accounts.models import PlatformRole

READY = {
    "checked": gettext_lazy("Checked against the law as it stands today."),
    "unclear": gettext_lazy("The wording is not clear enough."),
    "law": gettext_lazy("This does not fit the law as it stands today."),
    "product": gettext_lazy("This does not fit what the product does."),
    "effect": gettext_lazy("The effect is stated too low: people have to be asked again."),
    "languages": gettext_lazy("German and English do not say the same."),
}
"""Remarks that a lawyer makes often."""


class DecisionForm(forms.Form):
    """A lawyer's word. Whoever says no, or no longer, also says why."""

    ready = forms.ChoiceField(
        label=gettext_lazy("Ready remark"),
        choices=[("", gettext_lazy("none")), *READY.items()],
        required=False,
    )
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        help_text=gettext_lazy("Needed for a rejection; kept with the decision."),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("First day without this text"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    verdict = forms.ChoiceField(choices=Approval.Verdict.choices, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=36, required=False, widget=forms.HiddenInput)
    """The last word that stands on the page; empty: none. Whoever decides has to know it."""

    def clean(self) -> dict[str, object]:
        said = super().clean() or {}
        ready = READY.get(said.get("ready") or "", "")
        said["remark"] = " ".join(filter(None, (str(ready), said.get("remark"))))
        verdict = said.get("verdict")
        if verdict in {Approval.Verdict.REJECTED, Approval.Verdict.ENDED} and not said["remark"]:
            self.add_error("remark", _("Say what is wrong, so that it can be corrected."))
        if verdict == Approval.Verdict.ENDED and not self._is_to_come(said.get("ends_on")):
            self.add_error("ends_on", _("Give a day that is still to come."))
        return said

    @staticmethod
    def _is_to_come(day: object) -> bool:
        return isinstance(day, datetime.date) and day > timezone.localdate()


_APPROVALS = Approval.objects.filter(version=OuterRef("pk"), verdict=Approval.Verdict.APPROVED)


@require_safe
@platform_page
def queue(request: PlatformRequest) -> HttpResponse:
    """What waits, the oldest first; then what was decided last on each text."""
    newest = (
        TextVersion.objects.decided()
        .order_by("key", "language", "-number")
        .distinct("key", "language")
    )
    context = {
        "pending": list(TextVersion.objects.with_last_verdict().in_line()),
        "texts": newest.annotate(was_approved=Exists(_APPROVALS)),
        "drafts": list(TextDraft.objects.of(request.user)),
        "now": timezone.now(),
    }
    return TemplateResponse(request, "chatbo/dashboard/texts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@platform_page
def review(request: PlatformRequest, version_id: uuid.UUID) -> HttpResponse:
    """One version. A POST is the decision, a lawyer's alone; then the next one that waits."""
    version = get_object_or_404(TextVersion.objects.select_related("author"), pk=version_id)
    decides = request.user.platform_role == PlatformRole.LAWYER
    form = DecisionForm(request.POST or None)
    if form.is_valid():
        try:
            _decide(version, form, request)
        except TextChangedError:
            messages.error(
                request,
                _("The stored words do not fit their check value. Nothing was decided."),
            )
        except NotInUseError:
            messages.error(request, _("This version is not in use. Nothing was decided."))
        except OverError:
            messages.error(
                request,
                _("The time in which this version would be valid is over. Nothing was decided."),
            )
        except AnotherWordError as another:
            messages.warning(request, _words_of_another(another.said))
            return _page(request, version, form, status=409)
        else:
            word = _word_on(version)
            tell_author(version, lawyer=request.user, word=word)
            messages.success(request, _words_on(version, word))
            following = TextVersion.objects.after(version)
            return (
                redirect("platform:text", following.pk) if following else redirect("platform:texts")
            )
    return _page(request, version, form if decides else None)


def _words_of_another(said: Approval) -> str:
    facts = {"who": said.lawyer.name, "verdict": said.get_verdict_display(), "why": said.remark}
    return (
        _("Meanwhile %(who)s has decided: %(verdict)s (“%(why)s”).") % facts
        if said.remark
        else _("Meanwhile %(who)s has decided: %(verdict)s.") % facts
    ) + (" " + _("Nothing of yours was stored. Decide again, if you still want to."))


def _word_on(version: TextVersion) -> str:
    """The verdict that was just given; a withdrawal is none of the others."""
    said = list(version.approvals.order_by("at", "id"))
    return "withdrawn" if said[-1].pk in withdrawals_among(said) else said[-1].verdict


def _words_on(version: TextVersion, word: str) -> str:
    facts = {
        "text": version.title,
        "language": version.language.upper(),
        "number": version.number,
    }
    return {
        "approved": _("Approved: %(text)s (%(language)s), version %(number)s"),
        "rejected": _("Rejected: %(text)s (%(language)s), version %(number)s"),
        "withdrawn": _("Approval withdrawn: %(text)s (%(language)s), version %(number)s"),
        "ended": _("Validity ends: %(text)s (%(language)s), version %(number)s"),
    }[word] % facts


def _decide(version: TextVersion, form: DecisionForm, request: PlatformRequest) -> None:
    verdict = Approval.Verdict(form.cleaned_data["verdict"])
    remark, seen = form.cleaned_data["remark"], form.cleaned_data["seen"]
    if verdict == Approval.Verdict.ENDED:
        midnight = datetime.datetime.combine(form.cleaned_data["ends_on"], datetime.time())
        ends_at = timezone.make_aware(midnight)
        end_validity(version, lawyer=request.user, at=ends_at, remark=remark, seen=seen)
    else:
        decide_on_text(version, lawyer=request.user, verdict=verdict, remark=remark, seen=seen)


def _page(
    request: PlatformRequest,
    version: TextVersion,
    form: DecisionForm | None,
    *,
    status: int = 200,
) -> HttpResponse:
    """``status``: of a page whose form is in order."""
    known = known_before(version)
    now = timezone.now()
    decisions = list(version.approvals.order_by("-at", "-id").select_related("lawyer", "version"))
    last_word = decisions[0] if decisions else None
    withdrawals = withdrawals_among(decisions[::-1])
    waiting = [row.pk for row in TextVersion.objects.in_line()]
    place = waiting.index(version.pk) if version.pk in waiting else None
    context = {
        "version": version,
        "text": as_html_with_examples(version),
        "known": known,
        "in_force": _in_force(version),
        "changes": changed_parts(known.body, version.body) if known else None,
        "concerned": whom_concerns(version) if known and not decisions else None,
        "effects_on_earlier": effects_on_earlier(version) if not decisions else [],
        "history": history_of(version),
        "follows": what_follows_without(version) if form else None,
        "placeholders": _placeholders(version),
        "decisions": [(said, is_genuine(said), said.pk in withdrawals) for said in decisions],
        "is_withdrawn": bool(last_word and last_word.pk in withdrawals),
        "last_word": last_word,
        "form": form,
        "is_approved": bool(last_word and last_word.stands_at(now)),
        "is_over": version.valid_until is not None and version.valid_until <= now,
        "waiting": waiting,
        "place": place + 1 if place is not None else None,
        "following": _beside(waiting, place, 1),
        "preceding": _beside(waiting, place, -1),
    }
    status = 422 if form is not None and form.errors else status
    return TemplateResponse(request, "chatbo/dashboard/text.html", context, status=status)


def _in_force(version: TextVersion) -> TextVersion | None:
    """What people read of this text now, in its own language."""
    try:
        found = text_in_force(version.key, version.language)
    except NotApprovedError:
        return None
    return found if found.language == version.language else None


def _placeholders(version: TextVersion) -> list[dict[str, object]]:
    """Each with its kind and an example, as the page lists them."""
    examples = examples_for(version)
    return [
        {"name": name, "kind": kind.label if kind else "", "example": examples[name]}
        for name, kind in declared_in(version).items()
    ]


def _beside(waiting: list[uuid.UUID], place: int | None, step: int) -> uuid.UUID | None:
    """The neighbour in the line, around its end; from outside the line, its first."""
    if place is None:
        return waiting[0] if waiting else None
    return waiting[(place + step) % len(waiting)] if len(waiting) > 1 else None
