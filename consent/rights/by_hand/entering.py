"""Entering a request that came past the chat."""

import datetime
import uuid

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import text_or
from consent.rights.by_hand.errors import (
    BadDayError,
    NobodyError,
    NoReasonError,
    TooLongError,
)
from consent.rights.by_hand.models import (
    LONGEST_CONTACT,
    LONGEST_TEXT,
    Particulars,
    RightsRequest,
    due_after,
)
from tenants.bots.models import Subscriber


@transaction.atomic
def enter_request(
    *,
    kind: RightsRequest.Kind,
    way: RightsRequest.Way,
    received_on: datetime.date,
    subscriber_id: uuid.UUID | None = None,
    asked: str = "",
    contact: str = "",
) -> RightsRequest:
    """Note a request; its month runs from the day it was received. Of nobody, where none is found.

    The same words on the same person twice are one. Raises a ``ByHandError``.
    """
    check_day(received_on, since=year_before(timezone.localdate()))
    asked, contact = text_of(asked), text_of(contact, most=LONGEST_CONTACT)
    if subscriber_id is not None:
        stored(subscriber_id)
    wish = {"kind": kind, "way": way, "received_on": received_on}
    if subscriber_id or asked or contact:
        for each in _alike(wish, subscriber_id):
            if (
                text_or(each, "asked", "") == asked
                and text_or(each.request, "contact", "") == contact
            ):
                found: RightsRequest = each.request
                return found
    request = RightsRequest.objects.create(
        **wish,
        due_on=due_after(received_on),
        about_somebody=subscriber_id is not None,
        contact=contact,
    )
    Particulars.objects.create(request=request, subscriber_id=subscriber_id, asked=asked)
    record("rights_request.entered", target=request, details=_facts(request))
    return request


def text_of(text: str, *, most: int = LONGEST_TEXT, demanded: bool = False) -> str:
    """Raises ``NoReasonError`` or ``TooLongError``."""
    text = text.strip()
    if demanded and not text:
        raise NoReasonError
    if len(text) > most:
        raise TooLongError
    return text


def check_day(day: datetime.date, *, since: datetime.date) -> None:
    """Raises ``BadDayError``."""
    if not since <= day <= timezone.localdate():
        raise BadDayError


def year_before(day: datetime.date) -> datetime.date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def stored(subscriber_id: uuid.UUID) -> Subscriber:
    """Waits for an erasure that is at the person just now. Raises ``NobodyError``."""
    found = Subscriber.objects.select_for_update().filter(pk=subscriber_id).first()
    if found is None:
        raise NobodyError
    return found


def _alike(wish: dict[str, object], subscriber_id: uuid.UUID | None) -> list[Particulars]:
    alike = {f"request__{name}": value for name, value in wish.items()}
    whose = Q(subscriber_id=subscriber_id) if subscriber_id else Q(subscriber=None)
    found = Particulars.objects.filter(whose, request__closed_on=None, **alike)
    return list(found.select_related("request"))


def _facts(request: RightsRequest) -> dict[str, object]:
    return {
        "way": request.way,
        "received_on": request.received_on.isoformat(),
        "due_on": request.due_on.isoformat(),
        "about_somebody": request.about_somebody,
    }
