"""Making sure who asked (Art. 12(6) GDPR), and taking longer (Art. 12(3))."""

import datetime

from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from consent.rights.by_hand.carrying_out import person_of
from consent.rights.by_hand.entering import check_day, text_of
from consent.rights.by_hand.errors import (
    IllegalTransitionError,
    NobodyError,
    NotExtendedError,
    TooLateError,
)
from consent.rights.by_hand.models import RightsRequest, extended
from consent.rights.by_hand.transitions import locked, move, particulars_of
from tenants.accounts.models import User

State = RightsRequest.State


@transaction.atomic
def check_identity(
    request: RightsRequest,
    *,
    identity: RightsRequest.Identity,
    on: datetime.date,
    by: User,
    note: str = "",
) -> RightsRequest:
    """Note how it was made sure who asked: from now on it can be carried out.

    Raises a ``ByHandError``: nobody is checked who was not found, or is gone.
    """
    request = locked(request)
    note = text_of(note)
    check_day(on, since=request.received_on)
    if person_of(request) is None:
        raise NobodyError
    move(
        request,
        State.IN_PROGRESS,
        "identity_checked",
        identity=identity,
        identity_on=on,
        checked_by_id=by.pk,
    )
    if note:
        particulars = particulars_of(request)
        particulars.identity_note = note
        particulars.save(update_fields=["identity_note"])
    return request


@transaction.atomic
def extend_time(request: RightsRequest, *, reason: str) -> RightsRequest:
    """Take two months more. The person has to be told so, and why, within the first month.

    Raises a ``ByHandError``.
    """
    request = locked(request)
    reason = text_of(reason, demanded=True)
    if not request.may_be_extended:
        raise TooLateError
    before = request.due_on
    request.due_on, request.extended_on = extended(before), timezone.localdate()
    request.warned_at = None
    request.save(update_fields=["due_on", "extended_on", "warned_at"])
    particulars = particulars_of(request)
    particulars.extension_reason = reason
    particulars.save(update_fields=["extension_reason"])
    details = {
        "before": {"due_on": before.isoformat()},
        "after": {"due_on": request.due_on.isoformat()},
    }
    record("rights_request.extended", target=request, details=details)
    return request


@transaction.atomic
def note_told_longer(
    request: RightsRequest, *, on: datetime.date, reply: RightsRequest.Reply
) -> RightsRequest:
    """Note when and how the person was told that it takes longer. The first time counts.

    Told too late it was told all the same, and is noted as it was. Raises a ``ByHandError``.
    """
    request = locked(request)
    if request.is_closed:
        raise IllegalTransitionError(request.state)
    if request.extended_on is None:
        raise NotExtendedError
    if request.extension_told_on is not None:
        return request
    check_day(on, since=request.extended_on)
    request.extension_told_on, request.extension_told_by = on, reply
    request.save(update_fields=["extension_told_on", "extension_told_by"])
    details = {"extension_told_on": on.isoformat(), "extension_told_by": reply.value}
    record("rights_request.extension_told", target=request, details=details)
    return request
