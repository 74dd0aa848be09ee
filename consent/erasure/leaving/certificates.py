"""The certificate of a business's end: what was deleted, what is kept and why, signed by us.

Like an erasure's (``consent.erasure.certificates``), in the same name; its note begins with
``ending <code>``. No personal data.
"""

import base64
import hashlib
from typing import Any

from django.utils import timezone, translation

from chatbo.foundation.operator import NAME
from chatbo.foundation.signing import sign_note
from consent.erasure.certificates import origin
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.leaving.what_goes import kept_of, tables
from consent.ledger.leaves import canonical

FORM = 1
TYPE = "ending-certificate"


def certify(ending: TenantEnding) -> dict[str, Any]:
    """The certificate with its signature, made in the transaction of the last step itself."""
    said = {
        "type": TYPE,
        "form": FORM,
        "issuer": NAME,
        "code": ending.code,
        "choice": ending.choice,
        "requested_at": ending.created_at.isoformat(timespec="seconds"),
        "ended_at": timezone.now().isoformat(timespec="seconds"),
        "deleted": dict(sorted(ending.counts.items())),
        "kept": _kept(ending),
    }
    digest = base64.b64encode(hashlib.sha256(canonical(said)).digest()).decode()
    note = f"{origin()}\nending {ending.code}\n{digest}\n"
    return {"certificate": said, "signature": sign_note(origin(), note)}


def _kept(ending: TenantEnding) -> list[dict[str, Any]]:
    grounds = {model._meta.label: kept for model in tables() if (kept := kept_of(model))}
    with translation.override("en"):
        return [
            {
                "what": label,
                "count": count,
                "ground": str(grounds[label].ground),
                "law": str(grounds[label].law),
                "until": grounds[label].until.latest(timezone.now()).isoformat(),
            }
            for label, count in sorted(ending.kept.items())
        ]
