"""The certificate of an erasure: what was deleted, what is kept and why, signed by the platform.

No personal data. A signed note (C2SP) under the platform's key, in a name of its own; its second
line is the hash of the certificate's canonical JSON:

chatbo.example/erasures
erasure <code>
<SHA-256 of the canonical JSON, base64>

— chatbo.example/erasures <signature>
"""

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from chatbo.foundation.operator import NAME
from chatbo.foundation.signing import sign_note
from consent.erasure.models import Erasure
from consent.erasure.policy import kept_under
from consent.ledger.leaves import canonical

FORM = 1


def certify(erasure: Erasure) -> dict[str, Any]:
    """The certificate with its signature, made in the transaction of the deletion itself.

    ``said`` is what is signed: code, times (ISO 8601, UTC), how many people, rows deleted and kept
    by model label, the hash of the policy. ``signature``: the note.
    """
    said = {
        "type": "erasure-certificate",
        "form": FORM,
        "issuer": NAME,
        "code": erasure.code,
        "requested_at": _utc(erasure.created_at),
        "deleted_at": _utc(erasure.deleted_at),
        "people": erasure.done,
        "deleted": erasure.counts,
        "kept": _kept(erasure),
        "policy_sha256": erasure.policy.sha256,
    }
    digest = base64.b64encode(hashlib.sha256(canonical(said)).digest()).decode()
    note = sign_note(origin(), f"{origin()}\nerasure {erasure.code}\n{digest}\n")
    return {"said": said, "signature": note}


def origin() -> str:
    """The name in which erasures are signed."""
    return f"{urlsplit(settings.BASE_URL).netloc}/erasures"


def _kept(erasure: Erasure) -> list[dict[str, Any]]:
    """What stays, on which ground of law as the policy has it, and until when at the latest."""
    terms = {model._meta.label: kept.until for model, kept in kept_under(erasure.policy)}
    said = {end["model"]: end for end in erasure.policy.content["ends"] if end["end"] == "kept"}
    return [
        {
            "what": label,
            "count": count,
            "ground": said[label]["ground"],
            "law": said[label]["law"],
            "until": terms[label].latest(_moment(erasure.deleted_at)).isoformat(),
        }
        for label, count in sorted(erasure.kept.items())
        if label in said and label in terms
    ]


def _utc(moment: datetime | None) -> str:
    return _moment(moment).astimezone(UTC).isoformat(timespec="seconds")


def _moment(moment: datetime | None) -> datetime:
    if moment is None:
        raise ValueError("nothing was deleted yet")
    return moment
