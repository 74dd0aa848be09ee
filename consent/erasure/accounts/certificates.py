"""The certificate of an account's end: what was deleted, what is kept and why, signed by us.

Like an erasure's (``consent.erasure.certificates.issuing``), in the same name; its note begins with
``account <code>``. No personal data.
"""

from typing import Any

from django.utils import timezone

from chatbo.foundation.operator import NAME
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.certificates.checking import examined
from consent.erasure.certificates.issuing import kept_as_said, note_on
from consent.erasure.certificates.kinds import FORM, Examined, Kind, Standing
from consent.erasure.policy import kept_under


def certify(ending: AccountEnding) -> dict[str, Any]:
    """The certificate with its signature, made in the transaction of the deletion itself."""
    at = ending.deleted_at or timezone.now()
    grounds = {model._meta.label: kept for model, kept in kept_under(ending.policy)}
    said = {
        "type": Kind.ACCOUNT.type,
        "form": FORM,
        "issuer": NAME,
        "code": ending.code,
        "requested_at": ending.created_at.isoformat(timespec="seconds"),
        "deleted_at": at.isoformat(timespec="seconds"),
        "policy_sha256": ending.policy.sha256,
        "deleted": dict(sorted(ending.counts.items())),
        "kept": kept_as_said(ending.kept, grounds, at),
    }
    return {"certificate": said, "signature": note_on(said, Kind.ACCOUNT)}


def examine(ending: AccountEnding) -> Examined:
    """Whether the certificate, and the row that it is on, are as we signed it."""
    if ending.certificate is None:
        return Examined(Standing.NONE)
    return examined(ending, ending.certificate, Kind.ACCOUNT, _is_as_said)


def _is_as_said(ending: AccountEnding, said: dict[str, Any]) -> bool:
    return (
        ending.deleted_at is not None
        and said["code"] == ending.code
        and said["requested_at"] == ending.created_at.isoformat(timespec="seconds")
        and said["deleted_at"] == ending.deleted_at.isoformat(timespec="seconds")
        and said["policy_sha256"] == ending.policy.sha256
        and said["deleted"] == ending.counts
        and {each["what"]: each["count"] for each in said["kept"]} == ending.kept
    )
