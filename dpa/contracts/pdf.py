"""Handing a contract's PDF to a browser."""

from urllib.parse import quote

from django.http import Http404, HttpResponse

from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.requests import POLICY_OF_FILES
from dpa.contracts import files
from dpa.contracts.models import Contract


def pdf_response(contract: Contract, which: str) -> HttpResponse:
    """The draft or the sealed contract, to be read in the browser.

    Raises ``Http404`` where there is none (yet). A file that is not the one that was stored is
    never shown: that is an ``AlteredFileError``, a case for the operator.
    """
    if which == "draft":
        name, sha256 = contract.draft_file, contract.draft_sha256
    else:
        name, sha256 = contract.sealed_file, contract.sealed_sha256
    if not name:
        raise Http404
    suffix = " (Entwurf)" if which == "draft" and contract.language == "de" else ""
    suffix = suffix or (" (draft)" if which == "draft" else "")
    file_name = f"{contract.number} {contract.company}{suffix}.pdf".replace("/", "-")
    with tenant_scope(contract.tenant_id):  # The platform's own scope opens no tenant's files.
        pdf = files.fetch(name, sha256)
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f"inline; filename*=utf-8''{quote(file_name)}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": POLICY_OF_FILES,
        },
    )
