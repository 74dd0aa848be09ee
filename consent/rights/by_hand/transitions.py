"""Which way a request may go: the one place. The database's trigger holds the same list."""

from collections.abc import Mapping
from typing import Any

from chatbo.foundation.audit.entries import record
from consent.rights.by_hand.errors import IllegalTransitionError
from consent.rights.by_hand.models import Particulars, RightsRequest

State = RightsRequest.State

LEGAL: Mapping[str, frozenset[str]] = {
    State.OPEN: frozenset({State.IN_PROGRESS, State.ANSWERED, State.REFUSED, State.WITHDRAWN}),
    # Back only where it turns out to be about somebody else: the check is taken back with it.
    State.IN_PROGRESS: frozenset({State.OPEN, State.ANSWERED, State.REFUSED, State.WITHDRAWN}),
    State.ANSWERED: frozenset(),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}


def locked(request: RightsRequest) -> RightsRequest:
    """The request as the database has it now; nobody else moves it until the transaction ends."""
    return RightsRequest.objects.select_for_update().get(pk=request.pk)


def refuse_unless_legal(request: RightsRequest, state: RightsRequest.State) -> None:
    """Raises ``IllegalTransitionError``: whoever pressed second learns what the first one did."""
    if state not in LEGAL[request.state]:
        raise IllegalTransitionError(request.state, state)


def move(request: RightsRequest, state: RightsRequest.State, action: str, **facts: Any) -> None:
    """Bring a locked request into a state, with the facts that come with it, and note that.

    Raises ``IllegalTransitionError``.
    """
    refuse_unless_legal(request, state)
    before, request.state = request.state, state
    for name, value in facts.items():
        setattr(request, name, value)
    request.save()
    details = {"before": {"state": before}, "after": {"state": state}}
    record(f"rights_request.{action}", target=request, details=details)


def particulars_of(request: RightsRequest) -> Particulars:
    """What was said of it. Where it went with the person, an empty one that is about nobody."""
    found, _is_new = Particulars.objects.select_for_update().get_or_create(request=request)
    return found
