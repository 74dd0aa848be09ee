"""Saying whom a request is about, once they are found; and taking that back, where it was wrong."""

import uuid

from django.db import transaction

from chatbo.foundation.audit.entries import record
from consent.erasure.person_exports.ending import end_export
from consent.erasure.person_exports.models import PersonExport
from consent.rights.by_hand.entering import stored
from consent.rights.by_hand.errors import (
    CarriedOutError,
    CopyUnderWayError,
    IllegalTransitionError,
    SomebodyNamedError,
)
from consent.rights.by_hand.models import RightsRequest
from consent.rights.by_hand.transitions import locked, move, particulars_of
from tenants.bots.models import Subscriber

State = RightsRequest.State


@transaction.atomic
def name_person(request: RightsRequest, *, subscriber_id: uuid.UUID) -> RightsRequest:
    """Say whom an open request is about, once they are found. Twice the same person is once.

    Raises a ``ByHandError``.
    """
    request = locked(request)
    if request.is_closed:
        raise IllegalTransitionError(request.state)
    particulars = particulars_of(request)
    if request.about_somebody:
        if particulars.subscriber_id == subscriber_id:
            return request
        raise SomebodyNamedError
    particulars.subscriber = stored(subscriber_id)
    particulars.save(update_fields=["subscriber"])
    request.about_somebody = True
    request.save(update_fields=["about_somebody"])
    record("rights_request.person_named", target=request)
    return request


@transaction.atomic
def unname_person(request: RightsRequest) -> RightsRequest:
    """It is about somebody else: take back whom it is about, and the check that they asked.

    Only while nothing was carried out on them. Copies of their data that lie ready hold what
    somebody else has written, and go. Twice is once. Raises a ``ByHandError``.
    """
    request = locked(request)
    if request.is_closed:
        raise IllegalTransitionError(request.state)
    if not request.about_somebody:
        return request
    if request.is_carried_out:
        raise CarriedOutError
    whose = request.particulars.exclude(subscriber=None).values("subscriber_id")
    # The person's row first, as an erasure and whoever asks for a copy have it.
    person = Subscriber.objects.select_for_update().filter(pk__in=whose).first()
    if person is not None:
        _end_copies(person)
    particulars = particulars_of(request)
    particulars.subscriber, particulars.identity_note = None, ""
    particulars.save(update_fields=["subscriber", "identity_note"])
    nobody = {"about_somebody": False, "identity": "", "identity_on": None, "checked_by_id": None}
    if request.state == State.IN_PROGRESS:
        move(request, State.OPEN, "person_unnamed", **nobody)
        return request
    for name, value in nobody.items():
        setattr(request, name, value)
    request.save()
    record("rights_request.person_unnamed", target=request)
    return request


def _end_copies(person: Subscriber) -> None:
    copies = PersonExport.objects.filter(subscriber=person)
    if copies.unfinished().exists():
        raise CopyUnderWayError
    for each in copies.kept():
        end_export(each)
