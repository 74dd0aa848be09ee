"""Copies of a person's data on their page at the business: asking for one, and taking it.

A link goes into the person's own chat, and so to nobody else. What the business downloads it hands
to whoever has asked: not before it is known that this is the person.
"""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chatbo.foundation.audit.entries import record
from consent.erasure.person_exports.asking import ask_for_data_of
from consent.erasure.person_exports.errors import CannotBeWrittenToError
from consent.erasure.person_exports.link_views import zip_answer
from consent.erasure.person_exports.links import open_file
from consent.erasure.person_exports.models import PersonExport
from consent.erasure.person_exports.shown import copies_of
from consent.rights.by_hand.models import RightsRequest
from consent.rights.by_hand.outcomes import note_copy_taken
from consent.rights.by_hand.passing import unchecked_wish_for_copy
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.bots.models import Subscriber

Way = PersonExport.Way


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page
def copies(request: TenantRequest, subscriber_id: uuid.UUID) -> HttpResponse:
    """Ask for a copy; and the section alone, for the person's page that waits for one."""
    subscriber = get_object_or_404(Subscriber.objects.select_related("channel"), pk=subscriber_id)
    unchecked = unchecked_wish_for_copy(subscriber.pk)
    if request.method != "POST":
        context = {"person": subscriber, "copies": copies_of(subscriber), "unchecked": unchecked}
        return TemplateResponse(request, "consent/rights/copying/section.html", context)
    way = request.POST.get("way", "")
    if way == Way.DOWNLOAD and unchecked is not None:
        return _check_first(request, unchecked)
    try:
        if way not in Way.values:
            messages.error(request, _("Please choose how the copy is to be given."))
        else:
            ask_for_data_of(subscriber, way=Way(way), user=request.user)
    except CannotBeWrittenToError:
        messages.error(
            request,
            _("Messenger lets nobody write to this person at the moment. Download the copy."),
        )
    return redirect("rights:person", request.tenant.slug, subscriber_id)


@require_safe
@tenant_page
def copy_file(request: TenantRequest, subscriber_id: uuid.UUID) -> HttpResponseBase:
    """The newest one, as often as wanted until its time is over; each time is in the log.

    Not while somebody wants one of whom it is not known whether it is the person (Art. 12(6) GDPR).
    """
    kept = PersonExport.objects.kept().filter(way=Way.DOWNLOAD)
    export = kept.filter(subscriber_id=subscriber_id).first()
    if export is None:
        raise Http404
    if unchecked := unchecked_wish_for_copy(subscriber_id):
        return _check_first(request, unchecked)
    try:
        content = open_file(export)
    except FileNotFoundError as error:
        raise Http404 from error
    record("person_export.downloaded", target=export)
    if request.method == "GET":
        note_copy_taken(export)
    with translation.override(export.language):
        answer = zip_answer(export, content)
    add_never_cache_headers(answer)
    return answer


def _check_first(request: TenantRequest, wish: RightsRequest) -> HttpResponse:
    messages.error(
        request,
        _("Somebody has asked for a copy. Please note first how you made sure who asks."),
    )
    return redirect("requests:show", request.tenant.slug, wish.pk)
