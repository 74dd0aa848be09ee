"""The certificate of a business's end: what was deleted, what is kept and why, signed by us.

Like an erasure's (``consent.erasure.certificates.issuing``), in the same name; its note begins with
``ending <code>``. No personal data.
"""

from typing import Any

from django.utils import timezone

from chatbo.foundation.operator import NAME
from consent.erasure.certificates.issuing import kept_as_said, note_on
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.leaving.what_goes import grounds

FORM = 1
TYPE = "ending-certificate"


def certify(ending: TenantEnding) -> dict[str, Any]:
    """The certificate with its signature, made in the transaction of the last step itself."""
    now = timezone.now()
    said = {
        "type": TYPE,
        "form": FORM,
        "issuer": NAME,
        "code": ending.code,
        "choice": ending.choice,
        "requested_at": ending.created_at.isoformat(timespec="seconds"),
        "ended_at": now.isoformat(timespec="seconds"),
        "deleted": dict(sorted(ending.counts.items())),
        "kept": kept_as_said(ending.kept, grounds(), now),
    }
    return {"certificate": said, "signature": note_on(said, of="ending")}
