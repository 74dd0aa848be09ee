"""What people have asked for and is open, before the business acts on them by itself.

Its own wish needs no request (Art. 17(1) GDPR binds it anyway). But a letter that nobody has
checked must not be carried out beside its page, and what somebody is still to get not be erased.
"""

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from chatbo.foundation.audit.entries import record
from consent.rights.by_hand.models import RightsRequest, RightsRequestQuerySet
from tenants.bots.models import Subscriber

Kind, State = RightsRequest.Kind, RightsRequest.State


def open_before_erasing(people: QuerySet[Subscriber]) -> RightsRequestQuerySet:
    """What is unanswered about these people: all but a wish to be erased that was checked."""
    wanted = Q(kind=Kind.ERASURE, state=State.IN_PROGRESS)
    theirs = RightsRequest.objects.unanswered().filter(particulars__subscriber__in=people)
    return theirs.exclude(wanted).order_by("due_on", "pk")


def note_passed_over(requests: Iterable[RightsRequest]) -> None:
    """In the log, in the erasure's transaction: who did so, although it was open."""
    for request in requests:
        record("rights_request.passed_over", target=request)


def unchecked_wish_for_copy(subscriber_id: uuid.UUID) -> RightsRequest | None:
    """Somebody wants a copy of the person's data, and nobody knows yet whether it is them.

    None, where they have asked a second time and that was checked.
    """
    wishes = RightsRequest.objects.unanswered().filter(
        particulars__subscriber_id=subscriber_id, kind=Kind.ACCESS
    )
    if wishes.filter(state=State.IN_PROGRESS).exists():
        return None
    return wishes.order_by("due_on", "pk").first()
