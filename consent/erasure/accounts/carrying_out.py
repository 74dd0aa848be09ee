"""Carrying out the end of an account: tombstone, each business, the account itself.

Each step can be begun anew, is one short transaction, and is noted in it: killed anywhere, the
lease ends and the sweep hands the job on.
"""

import uuid

from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import platform_scope, tenant_scope
from consent.erasure.accounts.certificates import certify
from consent.erasure.accounts.errors import NotMineAnyMoreError
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.accounts.rows import (
    businesses_with_rows,
    end_account_rows,
    end_rows_at_business,
)
from consent.erasure.never_back import tombstones
from tenants.accounts.models import User

State = AccountEnding.State


def delete_account(ending: AccountEnding) -> None:
    """Take a claimed ending up to the deletion of the account, and its certificate.

    Raises ``NotMineAnyMoreError``, and whatever outside store, ledger or database raise.
    """
    if "tombstone" not in ending.steps:
        put_up_tombstone(ending)
    for tenant_id in _businesses(ending):
        if str(tenant_id) not in ending.businesses:
            end_at_business(ending, tenant_id)
    close_account(ending)


def put_up_tombstone(ending: AccountEnding) -> None:
    """Outside the database, before anything is deleted."""
    user = _user(ending)
    tombstones.put_up_for_account(tombstones.name_of(ending.pk), user)
    with platform_scope("erasure: end an account"):
        row = _hold(ending)
        row.steps["tombstone"] = timezone.now().isoformat()
        _save(row, ending)


def end_at_business(ending: AccountEnding, tenant_id: uuid.UUID) -> None:
    """What lies on the user in one business, in its scope; noted in the same transaction."""
    with tenant_scope(tenant_id):
        row = _hold(ending)
        user = _user(row)
        gone, kept = end_rows_at_business(user, row.policy)
        _add(row, gone, kept)
        row.businesses = [*row.businesses, str(tenant_id)]
        _save(row, ending)


def close_account(ending: AccountEnding) -> None:
    """The last step: the account goes, with whatever belongs to no business; then the certificate.

    From here on the job knows the address alone, for the last mail.
    """
    with platform_scope("erasure: end an account"):
        row = _hold(ending)
        user = _user(row)
        gone, kept = end_account_rows(user, row.policy)
        _add(row, gone, kept)
        tombstones.note([tombstones.name_of(row.pk)])
        row.state, row.deleted_at = State.DELETED, timezone.now()
        row.steps["account"] = row.deleted_at.isoformat()
        row.user_id, row.businesses = None, []
        row.certificate = certify(row)
        record("account.ended", target=row, details={"counts": row.counts})
        _save(row, ending)


def _businesses(ending: AccountEnding) -> list[uuid.UUID]:
    with platform_scope("erasure: end an account"):
        return businesses_with_rows(_user(ending))


def _user(row: AccountEnding) -> User:
    """Whose account it is. Raises ``NotMineAnyMoreError`` where another worker was through."""
    user = User.objects.filter(pk=row.user_id or uuid.UUID(int=0)).first()
    if user is None:
        raise NotMineAnyMoreError
    return user


def _hold(ending: AccountEnding) -> AccountEnding:
    held = AccountEnding.objects.in_hands_of(ending).select_for_update()
    row = held.filter(state=State.ASKED).first()
    if row is None:
        raise NotMineAnyMoreError
    return row


def _add(row: AccountEnding, gone: dict[str, int], kept: dict[str, int]) -> None:
    for total, more in ((row.counts, gone), (row.kept, kept)):
        for label, count in more.items():
            total[label] = total.get(label, 0) + count


def _save(row: AccountEnding, ending: AccountEnding) -> None:
    row.lease_until = timezone.now() + AccountEnding.LEASE
    row.failed_at = None
    row.save()
    for name in ("state", "user_id", "steps", "businesses", "counts", "kept", "certificate"):
        setattr(ending, name, getattr(row, name))
    ending.deleted_at = row.deleted_at
