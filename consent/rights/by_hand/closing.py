"""The end of a request: answered, refused with a reason, or taken back by the person."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from consent.rights.by_hand.carrying_out import person_of
from consent.rights.by_hand.entering import check_day, text_of
from consent.rights.by_hand.errors import IdentifiedError, NotCarriedOutError, NotCheckedError
from consent.rights.by_hand.models import RightsRequest
from consent.rights.by_hand.transitions import locked, move, particulars_of, refuse_unless_legal

Kind, State = RightsRequest.Kind, RightsRequest.State


@transaction.atomic
def answer_request(
    request: RightsRequest, *, on: datetime.date, reply: RightsRequest.Reply
) -> RightsRequest:
    """Note that and how the person was answered. Where nobody was found: that nothing is stored.

    An erasure is answered when nothing is stored any more. Raises a ``ByHandError``.
    """
    request = locked(request)
    refuse_unless_legal(request, State.ANSWERED)
    if request.about_somebody and not request.identity:
        raise NotCheckedError
    if request.kind == Kind.ERASURE and person_of(request) is not None:
        raise NotCarriedOutError
    check_day(on, since=request.identity_on or request.received_on)
    return _close(request, State.ANSWERED, "answered", on=on, reply=reply)


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
    """The person has taken it back. Raises ``IllegalTransitionError``."""
    return _close(locked(request), State.WITHDRAWN, "withdrawn", on=timezone.localdate())


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
