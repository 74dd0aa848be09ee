"""Nothing is given out and nobody deleted before it is noted how it was made sure who asked."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from consent.erasure.models import Erasure, PersonExport
from consent.rights.by_hand.carrying_out import carry_out_on, copy_by_request, erase_by_request
from consent.rights.by_hand.checking import check_identity
from consent.rights.by_hand.closing import answer_request
from consent.rights.by_hand.errors import (
    BadDayError,
    IllegalTransitionError,
    NobodyError,
    NotCheckedError,
    TooLongError,
)
from consent.rights.models import Particulars, RightsRequest

Kind, Identity = RightsRequest.Kind, RightsRequest.Identity
TODAY = timezone.localdate()


def check(wish, cafe, **more):
    said = {"identity": Identity.CHAT, "on": TODAY, "by": cafe.owner}
    return check_identity(wish, **{**said, **more})


def test_before_the_check_nothing_is_carried_out(cafe, enter):
    erasing, copying, limiting = (
        enter(kind=kind) for kind in (Kind.ERASURE, Kind.ACCESS, Kind.RESTRICTION)
    )

    with cafe.scope():
        with pytest.raises(NotCheckedError):
            erase_by_request(erasing)
        with pytest.raises(NotCheckedError):
            copy_by_request(copying, user=cafe.owner)
        for wish in (erasing, copying, limiting):
            assert carry_out_on(wish, "cafe") == ""
            with pytest.raises(NotCheckedError):
                answer_request(wish, on=TODAY, reply=RightsRequest.Reply.LETTER)
        assert not Erasure.objects.exists()
        assert not PersonExport.objects.exists()


def test_the_check_says_how_when_and_by_whom(cafe, enter):
    wish = enter()

    with cafe.scope():
        checked = check(wish, cafe, note="The number from the chat")
        assert Particulars.objects.get(request=wish).identity_note == "The number from the chat"
        (entry,) = AuditEntry.objects.filter(action="rights_request.identity_checked")
    assert checked.state == "in_progress"
    assert (checked.identity, checked.identity_on) == ("chat", TODAY)
    assert checked.checked_by_id == cafe.owner.pk
    assert "The number" not in str(vars(entry))


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"on": TODAY + timedelta(days=1)}, BadDayError),
        ({"on": TODAY - timedelta(days=1)}, BadDayError),
        ({"note": "x" * 1001}, TooLongError),
    ],
)
def test_a_check_that_makes_no_sense_is_refused(cafe, enter, fresh, wrong, error):
    wish = enter()

    with cafe.scope(), pytest.raises(error):
        check(wish, cafe, **wrong)

    assert fresh(wish).state == "open"


def test_checked_twice_the_first_check_stays(cafe, enter, fresh):
    wish = enter(checked=True)

    with cafe.scope(), pytest.raises(IllegalTransitionError):
        check(wish, cafe)

    assert fresh(wish).identity == Identity.CALLED_BACK


def test_whoever_was_not_found_cannot_be_checked(cafe, enter):
    wish = enter(subscriber_id=None)

    with cafe.scope(), pytest.raises(NobodyError):
        check(wish, cafe)


@pytest.mark.parametrize(
    "past",
    [
        {"state": "in_progress"},
        {"state": "answered", "reply": "letter", "closed_on": TODAY, "contact": ""},
        {"erasure_id": "00000000-0000-0000-0000-000000000001"},
    ],
)
def test_the_database_lets_nobody_past_the_check(cafe, enter, past):
    wish = enter()

    with cafe.scope(), pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.filter(pk=wish.pk).update(**past)


def test_the_database_keeps_the_check_as_it_was_noted(cafe, enter):
    wish = enter(checked=True)

    with cafe.scope():
        for change in ({"identity": "chat"}, {"about_somebody": False}, {"kind": "access"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                RightsRequest.objects.filter(pk=wish.pk).update(**change)
