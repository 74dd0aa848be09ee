"""The hosted imprint and privacy pages, and the passage as JSON. Read by anybody."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from chatbo.foundation.isolation import directory, tenant_scope
from chatbo.foundation.requests import POLICY_OF_FILES
from consent.texts.errors import NotApprovedError
from dpa.passage.building import Passage, build_passage, languages
from dpa.passage.errors import IncompleteError
from dpa.passage.hosted import HostedPage, hosted_imprint, hosted_privacy
from tenants.accounts.legal_pages import logo_url
from tenants.accounts.logo import read_logo
from tenants.accounts.models import Tenant


@require_safe
def imprint(request: HttpRequest, tenant_slug: str) -> HttpResponse:
    return _hosted(request, tenant_slug, hosted_imprint)


@require_safe
def privacy(request: HttpRequest, tenant_slug: str) -> HttpResponse:
    return _hosted(request, tenant_slug, hosted_privacy)


@require_safe
def logo(request: HttpRequest, tenant_slug: str) -> HttpResponse:
    """A business's logo: a picture of our own making, in a place where nothing can run.

    Its address names its hash, so browsers keep it until there is another.
    """
    entry = directory.find("slug", tenant_slug)
    if entry is None:
        raise Http404
    with tenant_scope(entry.tenant_id):
        tenant = Tenant.objects.get(pk=entry.tenant_id)
        png = read_logo(tenant)
    if png is None:
        raise Http404
    response = HttpResponse(png, content_type="image/png")
    response["Content-Security-Policy"] = POLICY_OF_FILES
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = 'inline; filename="logo.png"'
    is_lasting = request.GET.get("v") == tenant.logo_sha256
    response["Cache-Control"] = "public, max-age=31536000, immutable" if is_lasting else "no-cache"
    return response


@require_safe
def passage_json(request: HttpRequest, code: str) -> HttpResponse:
    """The current passage in every language, for the business's own server to fetch and keep.

    Without CORS on purpose: a visitor's browser must not fetch it, that would be a request to
    ChatBo. While the business is not named fully there is none (404); keep the last one then.
    """
    entry = directory.find("passage", code)
    if entry is None:
        raise Http404
    with tenant_scope(entry.tenant_id):
        tenant = Tenant.objects.get(pk=entry.tenant_id)
        try:
            passages = [build_passage(tenant, language=language) for language in languages()]
        except NotApprovedError as error:
            raise Http404 from error
    if not all(passage.is_complete for passage in passages):
        raise Http404
    etag = quote_etag("-".join(passage.sha256[:20] for passage in passages))
    response = (
        HttpResponse(status=304)
        if request.headers.get("If-None-Match") == etag
        else JsonResponse({"languages": {p.language: _as_json(p) for p in passages}})
    )
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return response


def _as_json(passage: Passage) -> dict[str, Any]:
    return {
        "html": passage.html,
        "text": passage.text,
        "sha256": passage.sha256,
        "as_of": passage.as_of.date().isoformat(),
        "versions": [
            {"key": v.key, "language": v.language, "number": v.number, "sha256": v.sha256}
            for v in passage.versions
        ],
    }


def _hosted(request: HttpRequest, slug: str, make: Callable[..., HostedPage]) -> HttpResponse:
    """A hosted page; where there is none, the same 404 whatever the reason."""
    entry = directory.find("slug", slug)
    if entry is None:
        raise Http404
    with tenant_scope(entry.tenant_id):
        tenant = Tenant.objects.get(pk=entry.tenant_id)
        try:
            page = make(tenant, language=get_language() or settings.LANGUAGE_CODE)
        except (IncompleteError, NotApprovedError) as error:
            raise Http404 from error
        context = {
            "page": page,
            "company": tenant.company,
            "logo_url": logo_url(tenant),
            "imprint_url": reverse("public_pages:imprint", args=[slug]),
            "privacy_url": reverse("public_pages:privacy", args=[slug]),
        }
        return render(request, "dpa/passage/hosted.html", context)
