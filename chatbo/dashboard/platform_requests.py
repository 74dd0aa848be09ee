"""Meta's requests at ChatBo: importing those that were missed, trying again, closing."""

import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from chatbo.conversation.metas_list import (
    LARGEST,
    MOST,
    Fault,
    MetasList,
    Wrong,
    import_list,
    read_list,
    under_way,
)
from chatbo.conversation.metas_requests import close_request, hurry_request
from chatbo.foundation.uploads import takes_files
from consent.erasure.request_models import ErasureRequest
from tenants.accounts.access import PlatformRequest, platform_page

MOST_NAMED = 20
"""Faults that are named by their lines at once."""


class ImportForm(forms.Form):
    """A list, pasted or as a file. What was read of a file stands in the field from then on."""

    text = forms.CharField(
        label=gettext_lazy("Numbers"),
        help_text=gettext_lazy(
            "One number a line, or a table as CSV with a column whose name ends in “id”."
        ),
        required=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        help_text=gettext_lazy("CSV or plain text, up to 500 numbers."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    read: MetasList

    def clean(self) -> dict[str, object]:
        found = super().clean() or {}
        if self.errors:
            return found
        file = found.get("file")
        if file and found.get("text"):
            raise ValidationError(_("Please give either the numbers or a file, not both."))
        text = _text_of(file.read(LARGEST + 1)) if file else str(found.get("text", ""))
        self.read = read_list(text)
        self._refuse_faults()
        return {"text": "\n".join(self.read.numbers)}

    def _refuse_faults(self) -> None:
        read = self.read
        if not read.numbers and not read.faults:
            raise ValidationError(_("No number stands in it."))
        faults = [ValidationError(_fault_in_words(fault)) for fault in read.faults[:MOST_NAMED]]
        if (more := len(read.faults) - MOST_NAMED) > 0:
            said = ngettext(
                "%(n)d more line cannot be read.", "%(n)d more lines cannot be read.", more
            )
            faults.append(ValidationError(said % {"n": more}))
        if len(read.numbers) > MOST:
            said = _("These are %(count)d numbers. Please give at most %(most)d at once.")
            faults.append(ValidationError(said % {"count": len(read.numbers), "most": MOST}))
        if faults:
            raise ValidationError(faults)


@takes_files(LARGEST)
@require_http_methods(["GET", "HEAD", "POST"])
@platform_page
def import_requests(request: PlatformRequest) -> HttpResponse:
    """A list is shown as it was understood, and taken in on the second press alone."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        numbers = form.read.numbers
        if "confirmed" in request.POST:
            new = import_list(numbers)
            said = ngettext(
                "%(n)d request is being carried out.", "%(n)d requests are being carried out.", new
            )
            messages.success(request, said % {"n": new})
            return redirect("platform:erasures")
        known = under_way(numbers)
        context = {
            "text": form.cleaned_data["text"],
            "read": form.read,
            "known": known,
            "new": len(numbers) - known,
        }
        return TemplateResponse(request, "chatbo/dashboard/platform_import_preview.html", context)
    return TemplateResponse(
        request,
        "chatbo/dashboard/platform_import.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
@platform_page
def retry_request(request: PlatformRequest, request_id: uuid.UUID) -> HttpResponse:
    hurry_request(get_object_or_404(ErasureRequest, pk=request_id))
    messages.info(request, _("The request is being tried again now."))
    return redirect("platform:erasures")


@require_http_methods(["GET", "HEAD", "POST"])
@platform_page
def close(request: PlatformRequest, request_id: uuid.UUID) -> HttpResponse:
    """Somebody decides that Meta does not know the number; a POST ends the request."""
    wish = get_object_or_404(ErasureRequest, pk=request_id)
    if request.method == "POST":
        if close_request(wish):
            messages.success(request, _("Closed. Whoever holds the code reads why."))
        else:
            messages.info(request, _("Nothing was closed: the request is over, or is being tried."))
        return redirect("platform:erasures")
    return TemplateResponse(request, "chatbo/dashboard/platform_close.html", {"wish": wish})


def _text_of(content: bytes) -> str:
    if len(content) > LARGEST:
        raise ValidationError(_("The file is too large. A list of 500 numbers is far smaller."))
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ValidationError(_("This is no text. Please save the table as CSV."))
    return text


def _fault_in_words(fault: Fault) -> str:
    words = {
        Wrong.NOT_A_NUMBER: _("Line %(line)d: this is no number of Facebook's."),
        Wrong.ROUNDED: _(
            "Line %(line)d: a spreadsheet has rounded the number. Please save it as text."
        ),
        Wrong.MISSING: _("Line %(line)d: the number is missing."),
    }
    return words[fault.wrong] % {"line": fault.line}
