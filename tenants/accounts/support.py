"""Letting ChatBo's support look in: the business decides for how long, sees it, and ends it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from tenants.accounts.models import SupportGrant, User


@transaction.atomic
def grant_support(*, reason: str, days: int, granted_by: User) -> SupportGrant:
    """Let support read along in the tenant in scope, for 1 to 14 days. It changes nothing.

    An open grant is ended: the new one counts. Raises ``ValueError`` for other numbers of days.
    """
    if not 1 <= days <= 14:
        raise ValueError("days")
    for grant in SupportGrant.objects.open():
        end_support(grant)
    grant = SupportGrant.objects.create(
        granted_by=granted_by, reason=reason.strip(), ends_at=timezone.now() + timedelta(days=days)
    )
    record("support.granted", target=grant, details={"days": days})
    return grant


@transaction.atomic
def end_support(grant: SupportGrant) -> None:
    """End it now: support's next page is closed. Twice is once."""
    ended = SupportGrant.objects.open().filter(pk=grant.pk).update(ended_at=timezone.now())
    if ended:
        record("support.ended", target=grant)
