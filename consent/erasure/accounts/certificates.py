"""The certificate of an account's end: what was deleted, what is kept and why, signed by us.

Like an erasure's (``consent.erasure.certificates.issuing``), in the same name; its note begins with
``account <code>``. No personal data.
"""

from typing import Any

from django.utils import timezone

from chatbo.foundation.operator import NAME
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.certificates.issuing import kept_as_said, note_on
from consent.erasure.policy import kept_under

FORM = 1
TYPE = "account-certificate"


def certify(ending: AccountEnding) -> dict[str, Any]:
    """The certificate with its signature, made in the transaction of the deletion itself."""
    at = ending.deleted_at or timezone.now()
    grounds = {model._meta.label: kept for model, kept in kept_under(ending.policy)}
    said = {
        "type": TYPE,
        "form": FORM,
        "issuer": NAME,
        "code": ending.code,
        "requested_at": ending.created_at.isoformat(timespec="seconds"),
        "deleted_at": at.isoformat(timespec="seconds"),
        "policy_sha256": ending.policy.sha256,
        "deleted": dict(sorted(ending.counts.items())),
        "kept": kept_as_said(ending.kept, grounds, at),
    }
    return {"certificate": said, "signature": note_on(said, of="account")}
