"""Doing what was asked for: nothing goes out and nothing goes before it is known who asked."""

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from consent.erasure.models import Erasure
from consent.erasure.person_exports.asking import ask_for_data_of
from consent.erasure.person_exports.models import PersonExport
from consent.erasure.requests import request_erasure
from consent.rights.by_hand.errors import NobodyError, NotCheckedError, OtherKindError
from consent.rights.by_hand.models import Particulars, RightsRequest
from consent.rights.by_hand.transitions import locked
from tenants.accounts.models import User
from tenants.bots.models import Subscriber

Kind, State = RightsRequest.Kind, RightsRequest.State

ELSEWHERE: Mapping[str, str] = {
    Kind.RECTIFICATION: "rights:rectify",
    Kind.RESTRICTION: "rights:restrict",
    Kind.OBJECTION: "rights:restrict",
}
"""Kinds that are carried out on a page of another room, about the person: which one."""


def carry_out_on(request: RightsRequest, tenant_slug: str) -> str:
    """The address of the page on which it is carried out; nothing, where that is done here.

    Nothing either while it is not known who asked, or once nothing is stored on them.
    """
    person = person_of(request)
    if request.state != State.IN_PROGRESS or person is None or request.kind not in ELSEWHERE:
        return ""
    return reverse(ELSEWHERE[request.kind], args=[tenant_slug, person.pk])


def person_of(request: RightsRequest) -> Subscriber | None:
    """Whom it is about, while they are stored."""
    found = Particulars.objects.filter(request=request).exclude(subscriber=None)
    particulars = found.select_related("subscriber__channel").first()
    return particulars.subscriber if particulars else None


@transaction.atomic
def erase_by_request(request: RightsRequest) -> Erasure:
    """Have the person erased, due on the request's own day. Twice is once.

    Raises a ``ByHandError``.
    """
    request, person = _allowed(request, Kind.ERASURE)
    last_day = datetime.datetime.combine(request.due_on, datetime.time(23, 59))
    erasure = request_erasure(
        person, origin=Erasure.Origin.BY_HAND, due_at=timezone.make_aware(last_day)
    )
    if request.erasure_id != erasure.pk:
        request.erasure_id = erasure.pk
        request.save(update_fields=["erasure_id"])
        record("rights_request.erasure_begun", target=request)
    return erasure


@transaction.atomic
def copy_by_request(request: RightsRequest, *, user: User) -> PersonExport:
    """Have the copy of the person's data made, for the business to hand over. Raises a
    ``ByHandError``.
    """
    request, person = _allowed(request, Kind.ACCESS)
    copy = ask_for_data_of(person, way=PersonExport.Way.DOWNLOAD, user=user)
    record("rights_request.copy_asked", target=request)
    return copy


def _allowed(request: RightsRequest, kind: RightsRequest.Kind) -> tuple[RightsRequest, Subscriber]:
    request = locked(request)
    if request.kind != kind:
        raise OtherKindError
    if request.state != State.IN_PROGRESS:
        raise NotCheckedError
    person = person_of(request)
    if person is None:
        raise NobodyError
    # As they are now: an erasure that is at them is waited for.
    still = Subscriber.objects.select_for_update().filter(pk=person.pk).first()
    if still is None:
        raise NobodyError
    return request, still
