"""A member's page of the privacy passage."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatbo.foundation.audit.entries import record
from consent.texts.errors import NotApprovedError
from dpa.passage.addresses import open_address
from dpa.passage.building import build_passage, languages
from dpa.passage.models import PassageAddress
from tenants.accounts.access import TenantRequest, tenant_page

KINDS = {"html": "text/html; charset=utf-8", "txt": "text/plain; charset=utf-8"}


@require_safe
@tenant_page
def show_passage(request: TenantRequest) -> HttpResponse:
    language = _language(request)
    address = PassageAddress.objects.first()
    context: dict[str, Any] = {
        "language": language,
        "languages": languages(),
        "address_url": settings.BASE_URL + reverse("public_pages:passage", args=[address.code])
        if address
        else "",
    }
    try:
        context["passage"] = build_passage(request.tenant, language=language)
    except NotApprovedError:
        context["passage"] = None
    else:
        record("passage.shown", details={"language": language})  # A step of the home's checklist.
    return TemplateResponse(request, "dpa/passage/show.html", context)


@require_safe
@tenant_page
def download(request: TenantRequest, kind: str) -> HttpResponse:
    """The passage as a file, HTML or text."""
    if kind not in KINDS:
        raise Http404
    language = _language(request)
    try:
        passage = build_passage(request.tenant, language=language)
    except NotApprovedError as error:
        raise Http404 from error
    record("passage.taken", details={"language": language, "kind": kind})
    body = passage.html if kind == "html" else passage.text
    response = HttpResponse(body, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="passage-{language}.{kind}"'
    return response


@require_POST
@tenant_page
def make_address(request: TenantRequest) -> HttpResponse:
    open_address(request.tenant)
    messages.success(request, _("Your server can fetch the passage now."))
    return redirect("passage:show", request.tenant.slug)


def _language(request: TenantRequest) -> str:
    """The language asked for, else the page's."""
    for wished in (request.GET.get("language"), get_language()):
        if wished in languages():
            return wished
    return settings.LANGUAGE_CODE
