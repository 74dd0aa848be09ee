"""The page behind the link in the chat, and the file that its button gives: once."""

from collections.abc import Iterator

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from chatbo.foundation import limits
from chatbo.foundation.limits import MY_DATA, Presser
from chatbo.foundation.network import client_network
from chatbo.foundation.pages import spoken_to
from chatbo.foundation.requests import press_by_hand
from consent.erasure.person_exports.errors import UnknownLinkError
from consent.erasure.person_exports.links import open_link, take_out
from consent.erasure.person_exports.models import PersonExport
from tenants.accounts.models import Tenant


# Exempt: nobody can forge a request to an address that nobody knows, and so the page needs no
# cookie.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def open_data(request: HttpRequest, token: str) -> HttpResponseBase:
    """Looking uses nothing up, since messengers and scanners look; pressing gives the file."""
    if refusal := press_by_hand(request, MY_DATA):
        return _private(refusal)
    try:
        with open_link(token) as export, spoken_to(request, export.language):
            limits.succeed(MY_DATA, Presser(address=client_network(request)))
            if request.method == "POST":
                return _private(zip_answer(export, take_out(export)))
            tenant = Tenant.objects.get(pk=export.tenant_id)
            context = {"export": export, "tenant": tenant}
            return _private(render(request, "consent/erasure/person_exports/link.html", context))
    except UnknownLinkError:
        page = render(request, "consent/erasure/person_exports/link_over.html", status=404)
        return _private(page)


def zip_answer(export: PersonExport, content: Iterator[bytes]) -> StreamingHttpResponse:
    day = timezone.localdate(export.ready_at).isoformat()
    name = _("my-data-%(day)s.zip") % {"day": day}
    answer = StreamingHttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Content-Length"] = str(export.size)
    return answer


def _private(response: HttpResponseBase) -> HttpResponseBase:
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
