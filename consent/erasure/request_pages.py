"""What became of a request that Meta passed on, for whoever holds its code."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chatbo.foundation.isolation import directory, tenant_scope
from consent.erasure.facts import Facts, facts_of
from consent.erasure.models import Erasure
from consent.erasure.request_models import ErasureRequest


def show_request(request: HttpRequest, wish: ErasureRequest) -> HttpResponse:
    """The request and each business's part of it. Nothing here names a person or a business.

    In the reader's language: Meta does not tell the person's.
    """
    parts = list(parts_of(wish))
    return render(
        request,
        "consent/erasure/request.html",
        {
            "wish": wish,
            "parts": parts,
            "is_over": wish.finished_at and all(part.erasure.deleted_at for part in parts),
            "only_disconnects": wish.origin == ErasureRequest.Origin.DEAUTHORIZATION,
        },
    )


def parts_of(wish: ErasureRequest) -> Iterator[Facts]:
    """Each business's erasure, found as anybody finds it who holds its code."""
    for code in wish.parts:
        entry = directory.find("erasure", code)
        if entry is None or entry.target_id is None:
            continue  # The business has ended, and with it all that it stored.
        with tenant_scope(entry.tenant_id):
            erasure = Erasure.objects.select_related("policy").filter(pk=entry.target_id).first()
            if erasure is not None:
                yield facts_of(erasure)
