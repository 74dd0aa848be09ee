"""Copies of a person's data on their page at the business: asking for one, and taking it."""

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
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.bots.models import Subscriber

Way = PersonExport.Way


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page
def copies(request: TenantRequest, subscriber_id: uuid.UUID) -> HttpResponse:
    """Ask for a copy; and the section alone, for the person's page that waits for one."""
    subscriber = get_object_or_404(Subscriber.objects.select_related("channel"), pk=subscriber_id)
    if request.method != "POST":
        context = {"person": subscriber, "copies": copies_of(subscriber)}
        return TemplateResponse(request, "consent/erasure/person_exports/section.html", context)
    way = request.POST.get("way", "")
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
    """The newest one, as often as wanted until its time is over; each time is in the log."""
    kept = PersonExport.objects.kept().filter(way=Way.DOWNLOAD)
    export = kept.filter(subscriber_id=subscriber_id).first()
    if export is None:
        raise Http404
    try:
        content = open_file(export)
    except FileNotFoundError as error:
        raise Http404 from error
    record("person_export.downloaded", target=export)
    with translation.override(export.language):
        answer = zip_answer(export, content)
    add_never_cache_headers(answer)
    return answer
