"""The certificate of an account's end: what was deleted, what is kept and why, signed by us.

Like an erasure's (``consent.erasure.certificates``), in the same name; its note begins with
``account <code>``. No personal data.
"""

import base64
import hashlib
from typing import Any

from django.utils import timezone, translation

from chatbo.foundation.operator import NAME
from chatbo.foundation.signing import sign_note
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.certificates import origin
from consent.erasure.policy import kept_under
from consent.ledger.leaves import canonical

FORM = 1
TYPE = "account-certificate"


def certify(ending: AccountEnding) -> dict[str, Any]:
    """The certificate with its signature, made in the transaction of the deletion itself."""
    at = ending.deleted_at or timezone.now()
    said = {
        "type": TYPE,
        "form": FORM,
        "issuer": NAME,
        "code": ending.code,
        "requested_at": ending.created_at.isoformat(timespec="seconds"),
        "deleted_at": at.isoformat(timespec="seconds"),
        "policy_sha256": ending.policy.sha256,
        "deleted": dict(sorted(ending.counts.items())),
        "kept": _kept(ending),
    }
    digest = base64.b64encode(hashlib.sha256(canonical(said)).digest()).decode()
    note = f"{origin()}\naccount {ending.code}\n{digest}\n"
    return {"certificate": said, "signature": sign_note(origin(), note)}


def _kept(ending: AccountEnding) -> list[dict[str, Any]]:
    grounds = {model._meta.label: kept for model, kept in kept_under(ending.policy)}
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
