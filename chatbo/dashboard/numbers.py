"""The numbers on a business's home: read from the rows, each in one query, whatever the size."""

import dataclasses
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from consent.erasure.models import Erasure
from consent.erasure.recipients.models import Recipient
from consent.ledger.models import ConsentRecord
from consent.rights.models import Restriction, RightsRequest
from tenants.bots.models import Channel, Subscriber

LATELY = timedelta(days=7)


@dataclasses.dataclass(frozen=True)
class Numbers:
    subscribers: int
    """Without whoever tries a bot out in the dashboard."""
    conversations: int
    """How many people wrote within the last seven days."""
    consents: int
    """Records that something was granted: as many as the list shows for that decision."""
    open_erasures: int
    overdue_erasures: int
    soon_due_erasures: int
    """Not carried out and due within a week, the overdue not counted."""
    failing_erasures: int
    overdue_requests: int
    """Entered by hand and not answered in time."""
    soon_due_requests: int
    """Not answered and due within a week, the overdue not counted."""
    untold_restrictions: int
    """In force still, as the person could not be told that they end."""
    broken_channels: int
    silent_recipients: int
    """Systems that were not told of an erasure lately, or have switched themselves off."""


def numbers_now() -> Numbers:
    """Of the tenant in scope."""
    people = Subscriber.objects.filter(is_trial=False).aggregate(
        all=Count("*"),
        lately=Count("last_seen_at", filter=Q(last_seen_at__gte=timezone.now() - LATELY)),
    )
    granted = ConsentRecord.objects.filter(decision=ConsentRecord.Decision.GRANTED)
    overdue = Erasure.objects.overdue().count()
    overdue_requests = RightsRequest.objects.overdue().count()
    return Numbers(
        subscribers=people["all"],
        conversations=people["lately"],
        consents=granted.count(),
        open_erasures=Erasure.objects.unfinished().count(),
        overdue_erasures=overdue,
        soon_due_erasures=Erasure.objects.soon_due().count() - overdue,
        failing_erasures=Erasure.objects.failing().count(),
        overdue_requests=overdue_requests,
        soon_due_requests=RightsRequest.objects.soon_due().count() - overdue_requests,
        untold_restrictions=Restriction.objects.untold().count(),
        broken_channels=Channel.objects.filter(state=Channel.State.BROKEN).count(),
        silent_recipients=Recipient.objects.silent().count(),
    )
