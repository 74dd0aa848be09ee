"""The certificate on paper: a sealed letter that says what was done, with the JSON inside."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from chatbo.foundation.documents.render import Attachment, render_pdf
from chatbo.foundation.documents.seal import OPERATOR_FIELD, seal_as_operator
from consent.erasure.certificates.issuing import as_file
from consent.erasure.certificates.kinds import Certificate, Kind
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.models import Erasure
from consent.erasure.words import counted, kept_as_signed, kind_of_rows

_TEMPLATES = {
    Kind.ERASURE: "consent/erasure/certificate.pdf.html",
    Kind.ENDING: "consent/erasure/leaving/certificate.pdf.html",
    Kind.ACCOUNT: "consent/erasure/accounts/certificate.pdf.html",
}

Ends = Sequence[tuple[str, Sequence[str]]]
"""How things end by the rules of the day, each with what ends so."""


def as_bytes(shown: Any) -> bytes:
    """A certificate as a file, the same whenever it is asked for."""
    return (json.dumps(shown, ensure_ascii=False, indent=1) + "\n").encode()


def certificate_bytes(erasure: Erasure) -> bytes:
    return as_bytes(as_file(erasure))


def certificate_pdf(
    erasure: Erasure, certificate: Certificate, *, language: str, at: datetime
) -> bytes:
    """``letter`` on a genuine certificate of an erasure, with the rules that it was under."""
    page = reverse("erasure_status:status", args=[certificate.code])
    return letter(
        certificate,
        certificate_bytes(erasure),
        page=page,
        language=language,
        at=at,
        ends=erasure.policy.content["ends"],
    )


def letter(
    certificate: Certificate,
    inside: bytes,
    *,
    page: str,
    language: str,
    at: datetime,
    ends: Sequence[Any] = (),
) -> bytes:
    """The sealed letter on a genuine certificate, as of ``at``, with its JSON inside (PDF/A-3b).

    ``page``: the path of the one that says the same. Raises ``DocumentError`` where it cannot be
    set or sealed.
    """
    file = certificate.kind.file
    choice = certificate.choice and TenantEnding.Choice(certificate.choice).label
    context = {
        "certificate": certificate,
        "choice": choice,
        "counts": counted(certificate.deleted),
        "kept": kept_as_signed(certificate.kept),
        "ends": _by_end(ends),
        "file": file,
        "digest": hashlib.sha256(inside).hexdigest(),
        "verify_url": f"{settings.BASE_URL}{reverse('site:verify')}",
        "keys_url": f"{settings.BASE_URL}{reverse('site:keys')}",
        "status_url": f"{settings.BASE_URL}{page}",
        "at": at,
        "field": OPERATOR_FIELD,
    }
    pdf = render_pdf(
        _TEMPLATES[certificate.kind],
        context,
        language=language,
        created=at,
        attachments=[Attachment(file, inside, _("The certificate with its signature"))],
    )
    return seal_as_operator(pdf, at=at, language=language)


def _by_end(ends: Sequence[Any]) -> Ends:
    """Under each end what ends so: a line for each of them would fill a page of its own."""
    found: dict[str, list[str]] = defaultdict(list)
    for end in ends:
        kind = kind_of_rows(end["model"])
        if "law" not in end and kind not in found[end["end"]]:
            found[end["end"]].append(kind)
    return [(end, kinds) for end, kinds in found.items() if kinds]
