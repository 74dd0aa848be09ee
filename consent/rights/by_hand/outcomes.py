"""What the product itself knows to be done on a request: no answer and no letter says more."""

import datetime
import uuid
from dataclasses import dataclass

from django.utils import timezone

from consent.erasure.person_exports.models import PersonExport
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.rights.by_hand.carrying_out import person_of
from consent.rights.by_hand.models import RightsRequest, RightsRequestQuerySet
from consent.rights.restrictions import Restriction
from tenants.bots.models import Subscriber

Kind, Outcome = RightsRequest.Kind, RightsRequest.Outcome


@dataclass(frozen=True)
class Known:
    """``since``: the first day on which an answer could say so; nothing, where any could."""

    outcome: RightsRequest.Outcome
    since: datetime.date | None = None


def known_of(request: RightsRequest) -> Known | None:
    """Of one that is not closed. ``None``: nothing was done that the product knows of."""
    if not request.about_somebody:
        return Known(Outcome.NOBODY)
    person = person_of(request)
    if person is None:
        return Known(Outcome.GONE)
    day = _done_on(request, person)
    return Known(Outcome.DONE, day) if day else None


def hold_requests_of(subscriber_id: uuid.UUID) -> None:
    """Lock what is unanswered on a person, before the person: as whoever carries a request out."""
    theirs = RightsRequest.objects.unanswered().filter(particulars__subscriber_id=subscriber_id)
    list(theirs.order_by("pk").select_for_update(of=("self",)))


def note_done(subscriber_id: uuid.UUID, *kinds: RightsRequest.Kind) -> None:
    """Note on the person's checked requests of these kinds that it was done today.

    In the transaction of the deed, that has held them before; the first day stays. Nothing is
    noted on one of which nobody knows whose it is: it could not be taken back from them any more.
    """
    _undone(subscriber_id).filter(kind__in=kinds).update(done_on=timezone.localdate())


def note_copy_taken(export: PersonExport) -> None:
    """The business has downloaded a copy: it answers what was asked before it was made."""
    made_on = timezone.localdate(export.created_at)
    asked = _undone(export.subscriber_id).filter(kind=Kind.ACCESS, received_on__lte=made_on)
    asked.update(done_on=timezone.localdate())


def _undone(subscriber_id: uuid.UUID) -> RightsRequestQuerySet:
    about = RightsRequest.objects.filter(particulars__subscriber_id=subscriber_id)
    return about.filter(state=RightsRequest.State.IN_PROGRESS, done_on=None)


def _done_on(request: RightsRequest, person: Subscriber) -> datetime.date | None:
    if request.kind in (Kind.RESTRICTION, Kind.OBJECTION):
        # Lifted since, the letter must not say that it holds.
        held = Restriction.objects.filter(subscriber=person, state=Restriction.State.IN_FORCE)
        restriction = held.first()
        return timezone.localdate(restriction.created_at) if restriction else None
    if request.kind == Kind.RECTIFICATION and request.done_on is None:
        return _consent_corrected_on(person, since=request.received_on)
    return request.done_on if request.kind != Kind.ERASURE else None


def _consent_corrected_on(person: Subscriber, *, since: datetime.date) -> datetime.date | None:
    """Records of consent are set right in their own room, which knows of no requests."""
    pseudonyms = ConsentIdentity.objects.filter(person_id=person.pk).values("subject_id")
    corrections = ConsentRecord.objects.filter(
        subject_id__in=pseudonyms, corrects_id__isnull=False, given_at__date__gte=since
    )
    first = corrections.order_by("given_at").first()
    return timezone.localdate(first.given_at) if first else None
