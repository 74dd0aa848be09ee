"""The certificate of a business's end, for whoever holds its code; nothing here names anybody."""

import json
from collections.abc import Callable
from functools import wraps

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from chatbo.foundation import limits
from chatbo.foundation.isolation import directory, tenant_scope
from chatbo.foundation.limits import CODES, Presser
from chatbo.foundation.network import client_network
from chatbo.foundation.requests import POLICY_OF_FILES, press_by_hand
from consent.erasure.facts import KeptInWords
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.leaving.words import counted, kind_of_table

FILE = "ending-certificate.json"
View = Callable[[HttpRequest, TenantEnding], HttpResponse]


def _for_holders_of_a_code(view: View) -> Callable[..., HttpResponse]:
    """Kept nowhere, found by nobody, and not to be guessed: many wrong codes shut it."""

    @wraps(view)
    def opened(request: HttpRequest, code: str) -> HttpResponse:
        if refusal := press_by_hand(request, CODES):
            return _private(refusal)
        entry = directory.find("ending", code.lower())
        if entry is None or entry.target_id is None:
            return _private(render(request, "consent/erasure/unknown.html", status=404))
        with tenant_scope(entry.tenant_id):
            response = view(request, TenantEnding.objects.get(pk=entry.target_id))
        limits.succeed(CODES, Presser(address=client_network(request)))
        return _private(response)

    return opened


@require_safe
@_for_holders_of_a_code
def certificate(request: HttpRequest, ending: TenantEnding) -> HttpResponse:
    said = (ending.certificate or {})["certificate"]
    kept = [
        KeptInWords(
            what=kind_of_table(apps.get_model(each["what"])),
            count=each["count"],
            ground=gettext(each["ground"]),
            law=gettext(each["law"]),
            until=parse_date(each["until"]) or ending.ends_at.date(),
        )
        for each in said["kept"]
    ]
    return render(
        request,
        "consent/erasure/leaving/certificate.html",
        {"ending": ending, "deleted": counted(said["deleted"]), "kept": kept},
    )


@require_safe
@_for_holders_of_a_code
def certificate_json(request: HttpRequest, ending: TenantEnding) -> HttpResponse:
    response = HttpResponse(
        json.dumps(ending.certificate, ensure_ascii=False, indent=1),
        content_type="application/json; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="{FILE}"'
    response["Content-Security-Policy"] = POLICY_OF_FILES
    return response


def _private(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
