"""Whether a document, a receipt or a certificate is one of ours: anyone may ask, nothing is kept.

The file stays in memory for the length of the request and is never written anywhere.
"""

import dataclasses

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from chatbo.dashboard.certificate_findings import (
    certificate_not_genuine,
    facts_of_certificate,
    finding_of_certificate,
)
from chatbo.dashboard.findings import (
    Finding,
    facts_of,
    finding_of,
    finding_of_receipt,
    finding_of_several,
    not_genuine,
    refused,
)
from chatbo.foundation.documents.attachments import file_inside
from chatbo.foundation.documents.errors import UnreadableDocumentError
from chatbo.foundation.documents.seal import sealed_by_operator
from chatbo.foundation.documents.verify import LARGEST, SealReport, SignatureReport, verify_pdf
from chatbo.foundation.uploads.requests import looks_at_length
from consent.erasure.certificates.checking import check_certificate, looks_like_a_certificate
from consent.erasure.certificates.kinds import Certificate, Kind
from consent.ledger.checking import Genuine, Several, check_document
from consent.ledger.errors import NotGenuineError

_BOM = b"\xef\xbb\xbf"
_JSON_BEGINS = {b"{", b"["}
LARGEST_REQUEST = LARGEST + 100_000  # the form around the file


class InMemory(MemoryFileUploadHandler):
    """Keeps the file out of the disk's temporary folder, whatever its size."""

    def handle_raw_input(self, *args: object, **kwargs: object) -> None:
        self.activated = True


# Exempt: it changes nothing, and so the page needs no cookie.
@csrf_exempt
@looks_at_length
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, None, None)
    # Before anything is read: the length of a request cannot be exceeded, only stated.
    if _stated_length(request) > LARGEST_REQUEST:
        return _page(request, refused("too_large"), None, status=413)
    request.upload_handlers = [InMemory(request)]
    file = request.FILES.get("document")
    if not isinstance(file, UploadedFile):
        return _page(request, refused("no_file"), None, status=400)
    content = file.read()
    if content.removeprefix(_BOM).lstrip()[:1] not in _JSON_BEGINS:
        return _document(request, content, file.name)
    if looks_like_a_certificate(content):
        return _certificate(request, content, file.name)
    return _receipt(request, content, file.name)


def _document(request: HttpRequest, content: bytes, name: str | None) -> HttpResponse:
    try:
        report = verify_pdf(content)
    except UnreadableDocumentError as error:
        status = 413 if error.reason == "too_large" else 200
        return _page(request, refused(error.reason), None, name=name, status=status)
    certificate = _certificate_inside(content) if report.genuine else None
    return _page(request, finding_of(report), report, name=name, certificate=certificate)


def _certificate(request: HttpRequest, content: bytes, name: str | None) -> HttpResponse:
    try:
        found = check_certificate(content)
    except NotGenuineError as error:
        return _page(request, certificate_not_genuine(error), None, name=name)
    return _page(request, finding_of_certificate(found), None, name=name, certificate=found)


def _certificate_inside(pdf: bytes) -> Certificate | None:
    """Of a letter that is genuine, the certificate that it was made of."""
    inside = next((file for kind in Kind if (file := file_inside(pdf, kind.file))), None)
    try:
        return check_certificate(inside) if inside else None
    except NotGenuineError:
        return None


def _receipt(request: HttpRequest, content: bytes, name: str | None) -> HttpResponse:
    try:
        found = check_document(content)
    except NotGenuineError as error:
        status = 413 if error.reason == "too_large" else 200
        return _page(request, not_genuine(error), None, name=name, status=status)
    if isinstance(found, Several):
        return _page(request, finding_of_several(found), None, name=name)
    return _page(request, finding_of_receipt(found), None, name=name, genuine=found)


def _page(
    request: HttpRequest,
    finding: Finding | None,
    report: SealReport | None,
    *,
    name: str | None = None,
    genuine: Genuine | None = None,
    certificate: Certificate | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "genuine": genuine,
        "facts": facts_of(genuine) if genuine else (),
        "certified": facts_of_certificate(certificate) if certificate else (),
        "finding": finding,
        "report": report,
        "name": name,
        "megabytes": LARGEST // 1_000_000,
        "signatures": [_shown(each) for each in (report.signatures if report else ())],
        "is_sealed_alone": report is not None
        and all(each.is_operators for each in report.signatures),
    }
    return render(request, "chatbo/dashboard/verify.html", context, status=status)


def _shown(signature: SignatureReport) -> dict[str, object]:
    """What stands in the document is in its language; what our own seal says, in the reader's."""
    shown = dataclasses.asdict(signature) | {"is_good": not signature.problems}
    return shown | ({"reason": sealed_by_operator()} if signature.is_operators else {})


def _stated_length(request: HttpRequest) -> int:
    """What is no number counts as nothing, as it does for Django, which then reads nothing."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
