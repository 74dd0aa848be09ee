"""A request ends answered, refused or taken back, once; what was only needed for it goes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from consent.rights.by_hand.carrying_out import erase_by_request
from consent.rights.by_hand.closing import answer_request, refuse_request, withdraw_request
from consent.rights.by_hand.errors import (
    BadDayError,
    CarriedOutError,
    IdentifiedError,
    IllegalTransitionError,
    NoReasonError,
    NotCarriedOutError,
    NotCheckedError,
    TooLongError,
)
from consent.rights.models import Particulars, RightsRequest
from tests.consent.erasure.carrying_out import carried_out
from tests.consent.erasure.test_deletion import places_that_name

Kind, Reply, Ground = RightsRequest.Kind, RightsRequest.Reply, RightsRequest.Ground
TODAY = timezone.localdate()
WORDS = ("Please delete me", "Rosenweg 4")


def refuse(wish, **more):
    said = {
        "ground": Ground.EXCESSIVE,
        "reason": "The ninth this week",
        "on": TODAY,
        "reply": Reply.LETTER,
    }
    return refuse_request(wish, **{**said, **more})


def test_answered_it_says_when_and_how_and_the_notes_are_gone(cafe, enter):
    wish = enter(checked=True, kind=Kind.ACCESS)
    assert places_that_name(*WORDS) == {
        "rights.Particulars.asked",
        "rights.RightsRequest.contact",
    }

    with cafe.scope():
        done = answer_request(wish, on=TODAY, reply=Reply.MAIL, how="Sent on paper")
        actions = AuditEntry.objects.filter(action="rights_request.answered")
        assert [each.target_id for each in actions] == [str(wish.pk)]

    assert (done.state, done.closed_on, done.reply) == ("answered", TODAY, "mail")
    assert not places_that_name(*WORDS)


def test_an_erasure_is_answered_when_nothing_is_stored_any_more(cafe, enter, fresh):
    wish = enter(checked=True)

    with cafe.scope():
        with pytest.raises(NotCarriedOutError):
            answer_request(wish, on=TODAY, reply=Reply.LETTER)
        erasure = erase_by_request(wish)
        with pytest.raises(NotCarriedOutError):
            answer_request(wish, on=TODAY, reply=Reply.LETTER)
    assert fresh(wish).state == "in_progress"
    carried_out(erasure)
    with cafe.scope():
        assert answer_request(wish, on=TODAY, reply=Reply.LETTER).erasure_id == erasure.pk
    assert not places_that_name(*WORDS)


def test_where_nobody_was_found_the_answer_needs_no_check(cafe, enter):
    wish = enter(subscriber_id=None)

    with cafe.scope():
        assert answer_request(wish, on=TODAY, reply=Reply.TELEPHONE).state == "answered"


@pytest.mark.parametrize("days", [1, -1])
def test_nobody_answers_tomorrow_or_before_they_were_asked(cafe, enter, fresh, days):
    wish = enter(subscriber_id=None)

    with cafe.scope():
        with pytest.raises(BadDayError):
            answer_request(wish, on=TODAY + timedelta(days=days), reply=Reply.LETTER)
        with pytest.raises(BadDayError):
            refuse(wish, on=TODAY + timedelta(days=days))
    assert fresh(wish).state == "open"


def test_refused_the_ground_and_the_reason_stay(cafe, enter):
    wish = enter()

    with cafe.scope():
        refused = refuse(wish)
        assert Particulars.objects.get(request=wish).refusal_reason == "The ninth this week"
        (entry,) = AuditEntry.objects.filter(action="rights_request.refused")
    assert (refused.state, refused.refusal) == ("refused", "excessive")
    assert not places_that_name(*WORDS)
    assert "ninth" not in str(vars(entry))


@pytest.mark.parametrize(("reason", "error"), [(" ", NoReasonError), ("x" * 1001, TooLongError)])
def test_nobody_is_refused_without_a_reason(cafe, enter, fresh, reason, error):
    wish = enter()

    with cafe.scope(), pytest.raises(error):
        refuse(wish, reason=reason)

    assert (fresh(wish).state, fresh(wish).contact) == ("open", "Rosenweg 4")


def test_whoever_was_identified_is_not_refused_as_unknown(cafe, enter, fresh):
    known, unknown = enter(checked=True), enter(asked="Another")

    with cafe.scope():
        with pytest.raises(IdentifiedError):
            refuse(known, ground=Ground.UNIDENTIFIED)
        assert refuse(unknown, ground=Ground.UNIDENTIFIED).refusal == "unidentified"
    assert fresh(known).state == "in_progress"


def test_taken_back_nothing_more_is_done(cafe, enter):
    wish = enter(checked=True)

    with cafe.scope():
        assert withdraw_request(wish).state == "withdrawn"
        with pytest.raises(NotCheckedError):
            erase_by_request(wish)
    assert not places_that_name(*WORDS)


def test_once_its_erasure_has_begun_it_is_neither_refused_nor_taken_back(cafe, enter, fresh):
    """Before, the proof said that nothing was done, and everything was gone."""
    wish = enter(checked=True)
    with cafe.scope():
        erasure = erase_by_request(wish)

    for is_done in (False, True):
        if is_done:
            carried_out(erasure)
        with cafe.scope():
            for give_up in (refuse, withdraw_request):
                with pytest.raises(CarriedOutError):
                    give_up(wish)
        assert (fresh(wish).state, fresh(wish).contact) == ("in_progress", "Rosenweg 4")

    with cafe.scope():
        assert answer_request(wish, on=TODAY, reply=Reply.LETTER).outcome == "gone"


@pytest.mark.parametrize("first", ["answer", "refuse", "withdraw"])
def test_closed_twice_the_first_one_stays(cafe, enter, fresh, first):
    wish = enter(checked=True, kind=Kind.OBJECTION)
    ways = {
        "answer": lambda: answer_request(wish, on=TODAY, reply=Reply.LETTER, how="Stopped"),
        "refuse": lambda: refuse(wish),
        "withdraw": lambda: withdraw_request(wish),
    }

    with cafe.scope():
        state = ways[first]().state
        for way in ways.values():
            with pytest.raises(IllegalTransitionError):
                way()
    assert fresh(wish).state == state


def test_nobody_is_answered_before_it_was_sure_who_they_are(cafe, enter, fresh):
    """Noted today, the answer of last week would have gone to anybody."""
    wish = enter(checked=True, kind=Kind.ACCESS, received_on=TODAY - timedelta(days=9))

    with cafe.scope(), pytest.raises(BadDayError):
        answer_request(wish, on=TODAY - timedelta(days=2), reply=Reply.LETTER, how="On paper")

    assert fresh(wish).state == "in_progress"
