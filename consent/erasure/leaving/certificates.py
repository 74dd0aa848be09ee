"""The certificate of a business's end: what was deleted, what is kept and why, signed by us.

Like an erasure's (``consent.erasure.certificates.issuing``), in the same name; its note begins with
``ending <code>``. No personal data.
"""

from typing import Any

from django.utils import timezone

from chatbo.foundation.operator import NAME
from consent.erasure.certificates.checking import examined
from consent.erasure.certificates.issuing import kept_as_said, note_on
from consent.erasure.certificates.kinds import FORM, Examined, Kind, Standing
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.leaving.what_goes import grounds


def certify(ending: TenantEnding) -> dict[str, Any]:
    """The certificate with its signature, made in the transaction of the last step itself."""
    now = timezone.now()
    said = {
        "type": Kind.ENDING.type,
        "form": FORM,
        "issuer": NAME,
        "code": ending.code,
        "choice": ending.choice,
        "requested_at": ending.created_at.isoformat(timespec="seconds"),
        "ended_at": now.isoformat(timespec="seconds"),
        "deleted": dict(sorted(ending.counts.items())),
        "kept": kept_as_said(ending.kept, grounds(), now),
    }
    return {"certificate": said, "signature": note_on(said, Kind.ENDING)}


def examine(ending: TenantEnding) -> Examined:
    """Whether the certificate, and the row that it is on, are as we signed it."""
    if ending.certificate is None:
        return Examined(Standing.NONE)
    return examined(ending, ending.certificate, Kind.ENDING, _is_as_said)


def _is_as_said(ending: TenantEnding, said: dict[str, Any]) -> bool:
    return bool(
        said["code"] == ending.code
        and said["choice"] == ending.choice
        and said["requested_at"] == ending.created_at.isoformat(timespec="seconds")
        and said["deleted"] == ending.counts
        and {each["what"]: each["count"] for each in said["kept"]} == ending.kept
    )
