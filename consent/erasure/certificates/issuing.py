"""The certificate of an erasure: what was deleted, what is kept and why, signed by the platform.

No personal data. A signed note (C2SP) under the platform's key, in a name of its own; its last
line is the hash of the certificate's canonical JSON:

chatbo.example/erasures
erasure <code>
<SHA-256 of the canonical JSON, base64>

— chatbo.example/erasures <signature>

As a file it bears the policy besides, so that its hash can be checked without us (``checking``,
``static/verify/chatbo-verify.py``).
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.operator import NAME
from chatbo.foundation.personal_data import Kept
from chatbo.foundation.signed_notes import NoteKey, parse_key
from chatbo.foundation.signing import believed_keys, sign_note
from consent.erasure.certificates.kinds import FORM, Kind
from consent.erasure.holds.models import Hold
from consent.erasure.models import Erasure
from consent.erasure.policy import kept_under
from consent.ledger.checking import keys_to_check_with
from consent.ledger.leaves import canonical

FILE = Kind.ERASURE.file
"""What it is called inside the PDF, and where it is saved."""

TOMBSTONES = "tombstones"
"""What is kept besides the rows of tables: the check values against restored backups."""
_TOMBSTONES_GROUND = _("so that a restored backup brings nobody back")
_TOMBSTONES_LAW = _("Arts. 17(1), 32(1) GDPR")

_ERASURES = "/erasures"


def certify(erasure: Erasure) -> dict[str, Any]:
    """The certificate with its signature, made in the transaction of the deletion itself.

    ``said`` is what is signed: code, times (ISO 8601, UTC), how many people, rows deleted and kept
    by model label, the hash of the policy. ``signature``: the note.
    """
    said = {
        "type": Kind.ERASURE.type,
        "form": FORM,
        "issuer": NAME,
        "code": erasure.code,
        "requested_at": _utc(erasure.created_at),
        "deleted_at": _utc(erasure.deleted_at),
        "people": erasure.done,
        "deleted": erasure.counts,
        "kept": [*_kept(erasure), _tombstones(erasure)],
        "policy_sha256": erasure.policy.sha256,
    }
    return {"said": said, "signature": note_on(said, Kind.ERASURE)}


def note_on(said: dict[str, Any], kind: Kind) -> str:
    """The platform's signature on a certificate."""
    about = "\n".join(about_in_note(said, kind))
    return sign_note(origin(), f"{origin()}\n{about}\n")


def about_in_note(said: dict[str, Any], kind: Kind) -> list[str]:
    """The lines of the note on a certificate, below the name in which it is signed."""
    digest = base64.b64encode(hashlib.sha256(canonical(said)).digest()).decode()
    return [f"{kind} {said.get('code')}", digest]


def kept_as_said(
    counts: Mapping[str, int], grounds: Mapping[str, Kept], at: datetime
) -> list[dict[str, Any]]:
    """What stays from this moment on, by model label: in English, as certificates are signed."""
    with translation.override("en"):
        return [
            {
                "what": label,
                "count": count,
                "ground": str(grounds[label].ground),
                "law": str(grounds[label].law),
                "until": grounds[label].until.latest(at).isoformat(),
            }
            for label, count in sorted(counts.items())
        ]


def as_file(erasure: Erasure) -> dict[str, Any]:
    """What is given out of a deletion that is done: everything that checking it takes."""
    certificate = erasure.certificate if isinstance(erasure.certificate, dict) else {}
    return {
        "certificate": certificate.get("said"),
        "signature": certificate.get("signature"),
        "policy": erasure.policy.content,
    }


def is_as_said(erasure: Erasure, said: dict[str, Any]) -> bool:
    """Whether the row is still what its certificate says: nobody is shown other numbers."""
    return (
        erasure.deleted_at is not None
        and said["code"] == erasure.code
        and said["requested_at"] == _utc(erasure.created_at)
        and said["deleted_at"] == _utc(erasure.deleted_at)
        and said["people"] == erasure.done
        and said["deleted"] == erasure.counts
        and all(
            each["count"] == erasure.kept.get(each["what"])
            for each in said["kept"]
            if each["what"] != TOMBSTONES
        )
        and said["policy_sha256"] == erasure.policy.sha256
    )


def origin() -> str:
    """The name in which erasures are signed."""
    return f"{urlsplit(settings.BASE_URL).netloc}{_ERASURES}"


def is_name_of_erasures(name: str) -> bool:
    """Ours in any domain: an installation may have moved since."""
    return name.endswith(_ERASURES)


def erasure_keys() -> list[str]:
    """The public keys in all names that may have signed erasures, the newest first.

    Wherever the ledger was signed, erasures were; and of a key that never signed the ledger, in
    today's name. Raises ``OSError`` where the outside store is away.
    """
    ledgers = [parse_key(line) for line in keys_to_check_with()]
    named = [NoteKey(f"{key.name.rpartition('/')[0]}{_ERASURES}", key.public) for key in ledgers]
    others = [NoteKey(origin(), public) for public in sorted(believed_keys())]
    return list(dict.fromkeys(str(key) for key in [*named, *others]))


def _kept(erasure: Erasure) -> list[dict[str, Any]]:
    """What stays, on which ground of law, and until when at the latest.

    As the policy has it; of what came after the policy, as it is declared today.
    """
    promised = {said["model"]: said for said in erasure.policy.content["ends"] if "law" in said}
    today = {model._meta.label: kept for model, kept in kept_under(erasure.policy)}
    counts = {label: count for label, count in erasure.kept.items() if label in today}
    found = kept_as_said(counts, today, _moment(erasure.deleted_at))
    for each in found:
        each |= {name: promised.get(each["what"], each)[name] for name in ("ground", "law")}
        if each["what"] == Hold._meta.label and erasure.claim_until:
            each["until"] = erasure.claim_until.isoformat()  # It bears its own date.
    return found


def _tombstones(erasure: Erasure) -> dict[str, Any]:
    until = _moment(erasure.deleted_at) + timedelta(days=settings.BACKUP_DAYS)
    with translation.override("en"):
        return {
            "what": TOMBSTONES,
            "count": erasure.done,
            "ground": str(_TOMBSTONES_GROUND),
            "law": str(_TOMBSTONES_LAW),
            "until": timezone.localdate(until).isoformat(),
        }


def _utc(moment: datetime | None) -> str:
    return _moment(moment).astimezone(UTC).isoformat(timespec="seconds")


def _moment(moment: datetime | None) -> datetime:
    if moment is None:
        raise ValueError("nothing was deleted yet")
    return moment
