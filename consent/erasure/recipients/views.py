"""A member's pages about the systems that are told of erasures."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chatbo.foundation.encryption import UnreadableError, text_or
from consent.erasure.models import Erasure
from consent.erasure.recipients.delivering import Letter, send
from consent.erasure.recipients.errors import KnownRecipientError, TooManyRecipientsError
from consent.erasure.recipients.forms import RecipientForm
from consent.erasure.recipients.models import Recipient
from consent.erasure.recipients.notices import hurry_notices
from consent.erasure.recipients.registering import (
    MOST,
    add_recipient,
    pause_recipient,
    remove_recipient,
    renew_secret,
    resume_recipient,
)
from consent.erasure.recipients.trying import letter_as_test
from consent.erasure.recipients.words import in_words
from tenants.accounts.access import TenantRequest, tenant_page

LATEST = 20
"""Notices that a recipient's page shows."""
EXAMPLE = """\
POST /erased
content-type: application/json
webhook-id: msg_4h7k...
webhook-timestamp: 1795972428
webhook-signature: v1,g0hM9S...

{"type": "person.erased",
 "timestamp": "2026-11-29T17:13:48Z",
 "data": {
   "erasure": "6d9hrpyxt9cbgs7ncmft...",
   "people": [{"subject": "0198f1d2-...", "platform": "messenger",
               "account": "1001", "person": "24101..."}]}}"""


@require_safe
@tenant_page
def recipient_list(request: TenantRequest) -> HttpResponse:
    recipients = list(Recipient.objects.all())
    return TemplateResponse(
        request,
        "consent/erasure/recipients/list.html",
        {"recipients": recipients, "is_full": len(recipients) >= MOST, "most": MOST},
    )


@never_cache
@tenant_page
def new_recipient(request: TenantRequest) -> HttpResponse:
    """Answers with the secret, which no page shows again."""
    form = RecipientForm(request.POST or None)
    if form.is_valid():
        try:
            return _with_secret(request, add_recipient(**form.cleaned_data))
        except KnownRecipientError:
            form.add_error("url", _("You have entered this address already."))
        except TooManyRecipientsError:
            form.add_error(
                None, _("You have %(most)d recipients, which is the most.") % {"most": MOST}
            )
    return TemplateResponse(
        request,
        "consent/erasure/recipients/new.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_safe
@tenant_page
def show_recipient(request: TenantRequest, recipient_id: uuid.UUID) -> HttpResponse:
    recipient = _recipient(recipient_id)
    latest = recipient.notices.select_related("erasure").defer("body")[:LATEST]
    notices = [(notice, in_words(notice.last_error)) for notice in latest]
    return TemplateResponse(
        request,
        "consent/erasure/recipients/show.html",
        {
            "recipient": recipient,
            "url": text_or(recipient, "url", "–"),
            "notices": notices,
            "example": EXAMPLE,
        },
    )


@never_cache
@tenant_page
def new_secret(request: TenantRequest, recipient_id: uuid.UUID) -> HttpResponse:
    recipient = _recipient(recipient_id)
    if request.method == "POST":
        return _with_secret(request, renew_secret(recipient))
    return TemplateResponse(
        request, "consent/erasure/recipients/renew.html", {"recipient": recipient}
    )


@require_POST
@tenant_page
def switch_recipient(request: TenantRequest, recipient_id: uuid.UUID) -> HttpResponse:
    recipient = _recipient(recipient_id)
    if request.POST.get("to") == Recipient.State.PAUSED:
        pause_recipient(recipient)
        messages.success(request, _("Paused. Notices wait for three days at most."))
    else:
        resume_recipient(recipient)
        messages.success(request, _("In use again. What waits goes out now."))
    return redirect("erasure:recipient", request.tenant.slug, recipient.pk)


@tenant_page
def drop_recipient(request: TenantRequest, recipient_id: uuid.UUID) -> HttpResponse:
    recipient = _recipient(recipient_id)
    if request.method == "POST":
        remove_recipient(recipient)
        messages.success(request, _("“%(name)s” is removed.") % {"name": recipient.name})
        return redirect("erasure:recipients", request.tenant.slug)
    waiting = recipient.notices.unfinished().count()
    context = {"recipient": recipient, "waiting": waiting}
    return TemplateResponse(request, "consent/erasure/recipients/remove.html", context)


@require_POST
def try_recipient(
    request: HttpRequest, tenant_slug: str, recipient_id: uuid.UUID
) -> HttpResponseBase:
    """Signs in the tenant's scope, and leaves it before it asks the other side."""
    answer = _sign_test(request, tenant_slug=tenant_slug, recipient_id=recipient_id)
    letter: Letter | None = getattr(request, "letter_to_send", None)
    if letter is not None:
        _reply, error = send(letter)
        if error:
            messages.error(request, _("The test was not taken. %(why)s") % {"why": in_words(error)})
        else:
            messages.success(request, _("The test was taken."))
    return answer


@tenant_page
def _sign_test(request: TenantRequest, recipient_id: uuid.UUID) -> HttpResponse:
    recipient = _recipient(recipient_id)
    try:
        asked: Any = request
        asked.letter_to_send = letter_as_test(recipient)
    except UnreadableError:
        messages.error(request, in_words("unreadable"))
    return redirect("erasure:recipient", request.tenant.slug, recipient.pk)


@require_POST
@tenant_page
def retry_notices(request: TenantRequest, code: str) -> HttpResponse:
    erasure = Erasure.objects.filter(code=code).first()
    if erasure is None:
        raise Http404
    count = hurry_notices(erasure)
    messages.info(
        request,
        ngettext(
            "%(count)s notice is being tried again now.",
            "%(count)s notices are being tried again now.",
            count,
        )
        % {"count": count}
        if count
        else _("Nothing is waiting to be tried again."),
    )
    return redirect("erasure:detail", request.tenant.slug, code)


def _with_secret(request: TenantRequest, recipient: Recipient) -> HttpResponse:
    return TemplateResponse(
        request, "consent/erasure/recipients/secret.html", {"recipient": recipient}
    )


def _recipient(recipient_id: uuid.UUID) -> Recipient:
    recipient = Recipient.objects.filter(pk=recipient_id).first()
    if recipient is None:
        raise Http404
    return recipient
