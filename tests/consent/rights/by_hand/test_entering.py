"""A request is entered with the day it came; the month runs from there, and nobody is named."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from consent.rights.by_hand.entering import year_before
from consent.rights.by_hand.errors import (
    BadDayError,
    NobodyError,
    TooLongError,
)
from consent.rights.by_hand.models import due_after
from consent.rights.by_hand.naming import name_person
from consent.rights.models import Particulars, RightsRequest


def test_the_month_runs_from_the_day_it_came(cafe, enter):
    came = timezone.localdate() - timedelta(days=3)

    wish = enter(received_on=came)

    assert wish.due_on == due_after(came)
    assert (wish.state, wish.about_somebody) == ("open", True)
    with cafe.scope():
        (entry,) = AuditEntry.objects.filter(action="rights_request.entered")
    assert entry.details["received_on"] == came.isoformat()
    assert "delete me" not in str(vars(entry))


@pytest.mark.parametrize(
    ("came", "due"),
    [
        (date(2026, 11, 30), date(2026, 12, 30)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2026, 12, 15), date(2027, 1, 15)),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last_one(came, due):
    assert due_after(came) == due


@pytest.mark.parametrize("days", [1, -366])
def test_a_day_ahead_or_more_than_a_year_back_is_refused(cafe, enter, days):
    with pytest.raises(BadDayError):
        enter(received_on=timezone.localdate() + timedelta(days=days))
    with cafe.scope():
        assert not RightsRequest.objects.exists()


def test_a_year_back_is_taken_also_from_a_leap_day(enter):
    assert enter(received_on=year_before(timezone.localdate())).state == "open"
    assert year_before(date(2028, 2, 29)) == date(2027, 2, 28)


@pytest.mark.parametrize("wish", [{"asked": "x" * 1001}, {"contact": "x" * 301}])
def test_too_long_a_text_is_refused(cafe, enter, wish):
    with pytest.raises(TooLongError):
        enter(**wish)
    with cafe.scope():
        assert not RightsRequest.objects.exists()


def test_what_was_asked_and_how_to_reach_them_lie_encrypted(cafe, enter):
    wish = enter()

    with cafe.scope(), connection.cursor() as cursor:
        cursor.execute("SELECT contact FROM rights_rightsrequest")
        (contact,) = cursor.fetchone()
        cursor.execute("SELECT asked FROM rights_particulars")
        (asked,) = cursor.fetchone()
        assert Particulars.objects.get(request=wish).asked == "Please delete me"
    assert wish.contact == "Rosenweg 4"
    assert "Rosenweg" not in contact
    assert "delete" not in asked


def test_entered_twice_it_is_one(cafe, enter):
    assert enter() == enter()
    assert enter(subscriber_id=None) == enter(subscriber_id=None)
    assert enter(asked="Something else") != enter()
    with cafe.scope():
        assert RightsRequest.objects.count() == 3


def test_nobody_is_entered_who_is_not_stored_here(cafe, dentist, person, enter):
    with pytest.raises(NobodyError):
        enter(subscriber_id=uuid.uuid4())
    other = enter(subscriber_id=None)
    with dentist.scope():
        assert not RightsRequest.objects.filter(pk=other.pk).exists()
        with pytest.raises(RightsRequest.DoesNotExist):
            name_person(other, subscriber_id=person.subscriber.pk)
