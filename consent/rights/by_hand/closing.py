"""The end of a request: answered, refused with a reason, or taken back by the person."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from consent.rights.by_hand.entering import check_day, text_of
from consent.rights.by_hand.errors import (
    ErasureBegunError,
    IdentifiedError,
    NotCarriedOutError,
    NotCheckedError,
    NotKnownError,
)
from consent.rights.by_hand.models import RightsRequest
from consent.rights.by_hand.outcomes import Known, known_of
from consent.rights.by_hand.transitions import locked, move, particulars_of, refuse_unless_legal

Kind, State = RightsRequest.Kind, RightsRequest.State
Outcome = RightsRequest.Outcome


@transaction.atomic
def answer_request(
    request: RightsRequest, *, on: datetime.date, reply: RightsRequest.Reply, how: str = ""
) -> RightsRequest:
    """Note that and how the person was answered. Where nobody was found: that nothing is stored.

    An erasure is answered when nothing is stored any more; who asked need not be known then, as
    nothing is given out. ``how``: what was done outside the product, of all else that it does not
    know to be done. Raises a ``ByHandError``.
    """
    request = locked(request)
    refuse_unless_legal(request, State.ANSWERED)
    known = known_of(request)
    is_gone = known is not None and known.outcome == Outcome.GONE
    if request.about_somebody and not request.identity and not is_gone:
        raise NotCheckedError
    if known is None:
        if request.kind == Kind.ERASURE:
            raise NotCarriedOutError
        known = _done_outside(request, text_of(how))
    first = request.identity_on or request.received_on
    check_day(on, since=max(first, known.since or first))
    return _close(request, State.ANSWERED, "answered", on=on, reply=reply, outcome=known.outcome)


@transaction.atomic
def refuse_request(
    request: RightsRequest,
    *,
    ground: RightsRequest.Ground,
    reason: str,
    on: datetime.date,
    reply: RightsRequest.Reply,
) -> RightsRequest:
    """Note that nothing is done, and why; the person has to be told both (Art. 12(4) GDPR).

    Raises a ``ByHandError``.
    """
    request = locked(request)
    refuse_unless_legal(request, State.REFUSED)
    _refuse_once_erasing(request)
    reason = text_of(reason, demanded=True)
    check_day(on, since=request.received_on)
    if ground == RightsRequest.Ground.UNIDENTIFIED and request.identity:
        raise IdentifiedError
    particulars = particulars_of(request)
    particulars.refusal_reason = reason
    particulars.save(update_fields=["refusal_reason"])
    return _close(request, State.REFUSED, "refused", on=on, reply=reply, refusal=ground)


@transaction.atomic
def withdraw_request(request: RightsRequest) -> RightsRequest:
    """The person has taken it back. Raises a ``ByHandError``."""
    request = locked(request)
    refuse_unless_legal(request, State.WITHDRAWN)
    _refuse_once_erasing(request)
    return _close(request, State.WITHDRAWN, "withdrawn", on=timezone.localdate())


def _refuse_once_erasing(request: RightsRequest) -> None:
    """No erasure is stopped by a note: the proof would say that nothing was done."""
    if request.erasure_id is not None:
        raise ErasureBegunError


def _done_outside(request: RightsRequest, how: str) -> Known:
    if not how:
        raise NotKnownError
    particulars = particulars_of(request)
    particulars.how = how
    particulars.save(update_fields=["how"])
    return Known(Outcome.OUTSIDE)


def _close(
    request: RightsRequest,
    state: RightsRequest.State,
    action: str,
    *,
    on: datetime.date,
    **facts: Any,
) -> RightsRequest:
    """What was only needed to answer goes."""
    move(request, state, action, closed_on=on, contact="", **facts)
    request.particulars.update(asked="")
    return request
