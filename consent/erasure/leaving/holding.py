"""Holding on to an ending: one worker at a time, however long the work takes."""

from django.utils import timezone

from consent.erasure.leaving.errors import NotMineAnyMoreError
from consent.erasure.leaving.models import TenantEnding


def hold(ending: TenantEnding) -> TenantEnding:
    """In the scope: the row, locked until the transaction ends, with a new lease.

    Raises ``NotMineAnyMoreError`` where the business stays after all, or another worker has it.
    """
    row = TenantEnding.objects.in_hands_of(ending).select_for_update().first()
    if row is None:
        raise NotMineAnyMoreError
    row.lease_until = timezone.now() + TenantEnding.LEASE
    row.save(update_fields=["lease_until"])
    return row


def facts_outside(ending: TenantEnding) -> dict[str, str]:
    """What it takes to end the business again after a restore: the code, so that its owners' link
    goes on leading to a certificate."""
    return {
        "code": ending.code,
        "choice": ending.choice,
        "language": ending.language,
        "asked_at": ending.created_at.isoformat(),
    }


def add_counts(row: TenantEnding, counts: dict[str, int]) -> None:
    """Of a held row, saved with what else is done in the transaction."""
    for label, count in counts.items():
        row.counts[label] = row.counts.get(label, 0) + count
    row.save(update_fields=["counts"])
