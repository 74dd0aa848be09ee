"""Whom an erasure was passed on to: a line for each recipient, however many notices it took."""

from dataclasses import dataclass, field

from consent.erasure.models import Erasure
from consent.erasure.recipients.models import ErasureNotice
from consent.erasure.recipients.words import in_words

State = ErasureNotice.State

_FROM_GOOD_TO_BAD = [State.DELIVERED, State.WAITING, State.GIVEN_UP]


@dataclass
class Line:
    """How far the notices of an erasure to one recipient are."""

    name: str
    notices: int = 0
    delivered: int = 0
    state: State = State.DELIVERED
    """The worst of them all."""
    why: str = ""
    """Why one of them was not taken, in words."""


@dataclass
class Told:
    lines: list[Line] = field(default_factory=list)
    is_waiting: bool = False
    """Whether something is to be tried again."""


def told_of(erasure: Erasure) -> Told:
    """In the erasure's open scope, by name; without lines, where there was nobody to tell."""
    lines: dict[object, Line] = {}
    told = Told()
    rows = erasure.notices.order_by("recipient_name", "created_at").values_list(
        "recipient_id", "recipient_name", "state", "last_error"
    )
    for recipient_id, name, value, error in rows:
        state = State(value)
        line = lines.setdefault((recipient_id, name), Line(name))
        line.notices += 1
        line.delivered += state == State.DELIVERED
        line.state = max(line.state, state, key=_FROM_GOOD_TO_BAD.index)
        line.why = in_words(error) or line.why
        told.is_waiting |= state == State.WAITING
    told.lines = list(lines.values())
    return told
