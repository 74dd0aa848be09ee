"""The certificate on paper: a sealed letter that says what was done, with the JSON inside."""

import hashlib
import json
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from chatbo.foundation.documents.render import Attachment, render_pdf
from chatbo.foundation.documents.seal import OPERATOR_FIELD, seal_as_operator
from consent.erasure.certificates.issuing import FILE, as_file
from consent.erasure.certificates.kinds import Certificate
from consent.erasure.models import Erasure
from consent.erasure.words import counted, kept_as_signed, kind_of_rows


def certificate_bytes(erasure: Erasure) -> bytes:
    """The certificate as a file, the same whenever it is asked for."""
    return (json.dumps(as_file(erasure), ensure_ascii=False, indent=1) + "\n").encode()


def certificate_pdf(
    erasure: Erasure, certificate: Certificate, *, language: str, at: datetime
) -> bytes:
    """The sealed letter on a genuine certificate, as of ``at``, with its JSON inside (PDF/A-3b).

    Raises ``DocumentError`` where it cannot be set or sealed.
    """
    inside = certificate_bytes(erasure)
    context = {
        "certificate": certificate,
        "counts": counted(certificate.deleted),
        "kept": kept_as_signed(certificate.kept),
        "ends": [
            (kind_of_rows(end["model"]), end["end"])
            for end in erasure.policy.content["ends"]
            if "law" not in end
        ],
        "file": FILE,
        "digest": hashlib.sha256(inside).hexdigest(),
        "verify_url": f"{settings.BASE_URL}{reverse('site:verify')}",
        "keys_url": f"{settings.BASE_URL}{reverse('site:keys')}",
        "status_url": settings.BASE_URL + reverse("erasure_status:status", args=[certificate.code]),
        "at": at,
        "field": OPERATOR_FIELD,
    }
    pdf = render_pdf(
        "consent/erasure/certificate.pdf.html",
        context,
        language=language,
        created=at,
        attachments=[Attachment(FILE, inside, _("The certificate with its signature"))],
    )
    return seal_as_operator(pdf, at=at, language=language)
