"""Two months more, once, with a reason, and only within the first month (Art. 12(3) GDPR)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from consent.rights.by_hand.checking import extend_time, note_told_longer
from consent.rights.by_hand.closing import withdraw_request
from consent.rights.by_hand.errors import (
    BadDayError,
    IllegalTransitionError,
    NoReasonError,
    NotExtendedError,
    TooLateError,
    TooLongError,
)
from consent.rights.by_hand.models import due_after, extended
from consent.rights.models import Particulars, RightsRequest

Reply = RightsRequest.Reply


def came_before(days):
    return timezone.localdate() - timedelta(days=days)


def test_extended_it_is_due_two_months_later_and_says_why(cafe, enter):
    wish = enter()

    with cafe.scope():
        longer = extend_time(wish, reason="Four hundred requests at once")
        assert Particulars.objects.get(request=wish).extension_reason.startswith("Four hundred")
        (entry,) = AuditEntry.objects.filter(action="rights_request.extended")
    assert longer.due_on == extended(wish.due_on)
    assert longer.extended_on == timezone.localdate()
    assert entry.details["after"] == {"due_on": longer.due_on.isoformat()}


def test_two_months_are_counted_from_the_end_of_the_first():
    assert extended(due_after(date(2027, 1, 31))) == date(2027, 4, 28)
    assert extended(due_after(date(2026, 11, 30))) == date(2027, 2, 28)


def test_on_the_last_day_of_the_month_it_can_be_extended_and_on_the_next_not(cafe, enter):
    with cafe.scope():
        for days in range(28, 33):
            wish = enter(received_on=came_before(days), asked=str(days))
            if wish.due_on >= timezone.localdate():
                extend_time(wish, reason="Complex")
            else:
                with pytest.raises(TooLateError):
                    extend_time(wish, reason="Complex")


def test_a_second_time_and_once_it_is_closed_it_cannot(cafe, enter, fresh):
    wish, closed = enter(), enter(asked="Another")

    with cafe.scope():
        extend_time(wish, reason="Complex")
        due = fresh(wish).due_on
        with pytest.raises(TooLateError):
            extend_time(wish, reason="Complex")
        withdraw_request(closed)
        with pytest.raises(TooLateError):
            extend_time(closed, reason="Complex")
    assert fresh(wish).due_on == due


@pytest.mark.parametrize(("reason", "error"), [(" ", NoReasonError), ("x" * 1001, TooLongError)])
def test_without_a_reason_or_with_a_novel_it_cannot(cafe, enter, fresh, reason, error):
    wish = enter()

    with cafe.scope(), pytest.raises(error):
        extend_time(wish, reason=reason)

    assert fresh(wish).extended_on is None


@pytest.mark.parametrize(
    "past",
    [
        {"due_on": date(2999, 1, 1)},
        {"due_on": date(2999, 1, 1), "extended_on": date(2026, 1, 1)},
        {"extended_on": date(2999, 1, 1)},
    ],
)
def test_the_database_lets_nobody_stretch_the_time(cafe, enter, past):
    wish = enter()

    with cafe.scope(), pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.filter(pk=wish.pk).update(**past)


def test_the_database_demands_that_a_request_begins_with_a_month(cafe, enter):
    with cafe.scope(), pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.create(
            kind="erasure",
            way="letter",
            received_on=timezone.localdate(),
            due_on=timezone.localdate() + timedelta(days=40),
        )


def test_that_the_person_was_told_is_noted_with_day_and_way_once(cafe, enter, fresh):
    wish = enter()
    with cafe.scope():
        with pytest.raises(NotExtendedError):
            note_told_longer(wish, on=timezone.localdate(), reply=Reply.MAIL)
        extend_time(wish, reason="Complex")
        assert fresh(wish).is_extension_untold

        for way in (Reply.MAIL, Reply.LETTER):
            told = note_told_longer(wish, on=timezone.localdate(), reply=way)

        assert (told.extension_told_on, told.extension_told_by) == (timezone.localdate(), "mail")
        assert not told.is_extension_untold
        (entry,) = AuditEntry.objects.filter(action="rights_request.extension_told")
        assert entry.details["extension_told_by"] == "mail"


@pytest.mark.parametrize("days", [1, -1])
def test_nobody_was_told_tomorrow_or_before_it_was_extended(cafe, enter, fresh, days):
    wish = enter(received_on=came_before(5))
    with cafe.scope():
        extend_time(wish, reason="Complex")
        day = timezone.localdate() + timedelta(days=days)
        with pytest.raises(BadDayError):
            note_told_longer(wish, on=day, reply=Reply.MAIL)
    assert fresh(wish).is_extension_untold


def test_of_a_closed_one_nothing_is_told_any_more(cafe, enter):
    wish = enter()
    with cafe.scope():
        extend_time(wish, reason="Complex")
        withdraw_request(wish)
        with pytest.raises(IllegalTransitionError):
            note_told_longer(wish, on=timezone.localdate(), reply=Reply.MAIL)


@pytest.mark.parametrize(
    "past",
    [
        {"extension_told_on": timezone.localdate()},
        {"extension_told_on": timezone.localdate(), "extension_told_by": "mail"},
    ],
)
def test_the_database_knows_no_telling_of_what_was_not_extended(cafe, enter, past):
    wish = enter()

    with cafe.scope(), pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.filter(pk=wish.pk).update(**past)
