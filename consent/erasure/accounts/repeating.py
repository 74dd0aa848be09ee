"""Accounts that a restored database has forgotten to have ended: they end again.

By the number, and where that is not there by the address, if whoever has it joined before: who
signed up again later stays.
"""

import uuid
from collections.abc import Sequence

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import platform_scope, tenant_scope
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.accounts.rows import (
    businesses_with_rows,
    end_account_rows,
    end_rows_at_business,
)
from consent.erasure.never_back import tombstones
from consent.erasure.never_back.models import Replay
from consent.erasure.never_back.tombstones import Entry
from consent.erasure.policy import policy_for
from tenants.accounts.models import User


def repeat_endings(entries: Sequence[Entry]) -> None:
    """Carry out what these entries say. One whose job is here and not through is left to it."""
    for entry in entries:
        job = AccountEnding.objects.filter(pk=entry.erasure).first()
        if job is not None and job.deleted_at is None:
            continue
        user = None if job else _forgotten(entry)
        if user is None or AccountEnding.objects.filter(user_id=user.pk).exists():
            Replay.under_way().count(entries=1, removed=0)
            tombstones.note([entry.name])
        else:
            _end_again(entry, user)


def _forgotten(entry: Entry) -> User | None:
    (stone,) = entry.stones
    user = User.objects.filter(pk=stone.subject).first()
    if user is not None:
        return user
    for each in User.objects.filter(joined_at__lt=entry.at).only("email", "joined_at").iterator():
        if stone.digest in tombstones.digests_of_account(each, [entry.key]).values():
            return each
    return None


def _end_again(entry: Entry, user: User) -> None:
    """Business by business; noted with the account itself, so that a kill begins anew."""
    policy = policy_for(User._meta.label)
    for tenant_id in _businesses(user):
        with tenant_scope(tenant_id):
            end_rows_at_business(user, policy)
    with platform_scope("erasure: end an account"):
        counts, _kept = end_account_rows(user, policy)
        record("erasure.repeated", details={"counts": counts})
        Replay.under_way().count(entries=1, removed=1)
        tombstones.note([entry.name])


def _businesses(user: User) -> list[uuid.UUID]:
    with platform_scope("erasure: end an account"):
        return businesses_with_rows(user)
