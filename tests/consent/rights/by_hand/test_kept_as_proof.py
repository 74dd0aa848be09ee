"""A request stays as proof for three years, without a name, and is given out to the person."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from chatbo.foundation.personal_data.export import export_of
from consent.erasure.leaving.kept import end_kept_rows
from consent.erasure.models import Erasure
from consent.erasure.person_exports.words import field_in_words, section_in_words
from consent.erasure.requests import request_erasure
from consent.rights.by_hand.closing import refuse_request
from consent.rights.by_hand.models import RightsRequest as Request
from consent.rights.by_hand.models import YearsAfterDue
from consent.rights.by_hand.shown import Shown
from consent.rights.models import Particulars, RightsRequest
from tests.consent.erasure.carrying_out import carried_out
from tests.consent.erasure.test_deletion import places_that_name


def on(year):
    return time_machine.travel(datetime(year, 1, 1, 12, tzinfo=UTC), tick=False)


def refused(cafe, wish):
    with cafe.scope():
        return refuse_request(
            wish,
            ground=RightsRequest.Ground.EXCESSIVE,
            reason="The ninth",
            on=timezone.localdate(),
            reply=RightsRequest.Reply.LETTER,
        )


def test_it_goes_three_years_after_the_year_in_which_the_answer_was_due(cafe, enter):
    year = refused(cafe, enter()).due_on.year
    with on(year + 3):
        end_kept_rows()
    with cafe.scope():
        assert RightsRequest.objects.count() == Particulars.objects.count() == 1

    with on(year + 4):
        assert end_kept_rows()["rights.RightsRequest"] == 1

    with cafe.scope():
        assert not RightsRequest.objects.exists()
        assert not Particulars.objects.exists()


def test_what_the_certificate_names_is_late_enough_for_the_latest_answer():
    until = next(each.end.until for each in Request.personal_data if hasattr(each.end, "until"))

    assert isinstance(until, YearsAfterDue)
    # Of October, extended, the answer is due in January.
    assert until.latest(datetime(2026, 10, 20, 12, tzinfo=UTC)).year == 2030
    assert until.latest(datetime(2026, 9, 20, 12, tzinfo=UTC)).year == 2029


def test_the_person_gets_what_is_held_on_their_requests(cafe, person, enter):
    enter(checked=True, kind=RightsRequest.Kind.ACCESS)

    with cafe.scope():
        found = export_of(person.subscriber)

    (request,) = found["requests_by_hand"]
    (particulars,) = found["particulars_of_requests"]
    assert (request["kind"], request["contact"]) == ("access", "Rosenweg 4")
    assert particulars["asked"] == "Please delete me"
    assert "checked_by_id" not in request
    for name, model in (
        ("requests_by_hand", RightsRequest),
        ("particulars_of_requests", Particulars),
    ):
        assert section_in_words(name, model)
    for name in (*request, *particulars):
        assert field_in_words(name) != name.replace("_", " ") or "_" not in name


def test_nobody_else_s_request_is_given_out(cafe, person, enter):
    enter(subscriber_id=None)

    with cafe.scope():
        assert not export_of(person.subscriber)["requests_by_hand"]


def test_who_checked_gets_that_and_nothing_of_whoever_asked(cafe, enter):
    enter(checked=True)
    with cafe.scope():
        assert len(export_of(cafe.owner)["identities_checked"]) == 1
        assert "contact" not in export_of(cafe.owner)["identities_checked"][0]


@pytest.mark.parametrize("whose", ["of nobody", "of somebody who is gone"])
def test_words_that_no_erasure_finds_go_thirty_days_after_the_answer(cafe, person, enter, whose):
    wish = enter(subscriber_id=None) if whose == "of nobody" else enter()
    if whose != "of nobody":
        with cafe.scope():
            erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        carried_out(erasure)
    refused(cafe, wish)
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        end_kept_rows()
    assert places_that_name("The ninth") == {"rights.Particulars.refusal_reason"}

    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert end_kept_rows()["rights.Particulars"] == 1

    assert not places_that_name("The ninth")
    with cafe.scope():
        # That there was one, when, and what became of it, stays as proof.
        left = RightsRequest.objects.get()
        assert (left.state, left.closed_on) == ("refused", timezone.localdate())
        assert Shown(left).refusal_reason == ""


def test_words_on_what_is_unanswered_or_of_somebody_stored_stay(cafe, enter):
    enter(subscriber_id=None)
    refused(cafe, enter())

    with time_machine.travel(timezone.now() + timedelta(days=99)):
        end_kept_rows()

    with cafe.scope():
        assert Particulars.objects.count() == 2
