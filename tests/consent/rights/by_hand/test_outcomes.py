"""An answer says "done" where the product knows that it was, and else how it was done elsewhere."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from chatbo.conversation.my_data import make_and_tell
from consent.erasure.models import Erasure, PersonExport
from consent.erasure.person_exports.asking import ask_for_data_of
from consent.erasure.requests import request_erasure
from consent.ledger.correcting import correct_record
from consent.ledger.models import ConsentRecord
from consent.ledger.recording import record_consent
from consent.rights.by_hand.closing import answer_request
from consent.rights.by_hand.errors import (
    BadDayError,
    NobodyError,
    NotCarriedOutError,
    NotCheckedError,
    NotKnownError,
)
from consent.rights.by_hand.outcomes import known_of
from consent.rights.models import Particulars, Restriction, RightsRequest
from consent.rights.rectifying import change_language
from consent.rights.restricting import lift
from consent.texts.versions import text_in_force
from tests.consent.erasure.carrying_out import carried_out
from tests.consent.rights.by_hand.test_identity import check
from tests.visitors import visitor

Kind, Reply = RightsRequest.Kind, RightsRequest.Reply
TODAY = timezone.localdate()
OTHERS = [Kind.ACCESS, Kind.RECTIFICATION, Kind.RESTRICTION, Kind.OBJECTION]


def answer(wish, **more):
    return answer_request(wish, **{"on": TODAY, "reply": Reply.LETTER, **more})


def gone(cafe, person):
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    return carried_out(erasure)


@pytest.mark.parametrize("kind", OTHERS)
def test_what_nobody_has_done_is_not_answered_as_done(cafe, enter, fresh, kind):
    wish = enter(checked=True, kind=kind)

    with cafe.scope():
        for how in ("", "  "):
            with pytest.raises(NotKnownError):
                answer(wish, how=how)
    assert fresh(wish).state == "in_progress"


@pytest.mark.parametrize("kind", OTHERS)
def test_what_was_done_here_is_answered_so(cafe, enter, carry_out, kind):
    wish = enter(checked=True, kind=kind)

    carry_out(kind)

    with cafe.scope():
        assert answer(wish).outcome == "done"


def test_what_was_done_elsewhere_is_noted_in_words_that_go_with_the_person(cafe, person, enter):
    wish = enter(checked=True, kind=Kind.ACCESS)

    with cafe.scope():
        assert answer(wish, how="A copy on paper").outcome == "outside"
        assert Particulars.objects.get(request=wish).how == "A copy on paper"
    gone(cafe, person)
    with cafe.scope():
        assert not Particulars.objects.exists()


def test_an_erasure_is_never_done_elsewhere(cafe, enter):
    wish = enter(checked=True)

    with cafe.scope():
        with pytest.raises(NotCarriedOutError):
            answer(wish, how="I have torn it up")
        with pytest.raises(IntegrityError), transaction.atomic():
            RightsRequest.objects.filter(pk=wish.pk).update(
                state="answered", reply="mail", closed_on=TODAY, contact="", outcome="outside"
            )


def test_a_copy_counts_once_it_was_taken_and_if_it_was_made_since(cafe, person, enter, queue):
    with cafe.scope():
        old = ask_for_data_of(person.subscriber, way=PersonExport.Way.DOWNLOAD, user=cafe.owner)
    make_and_tell(str(cafe.tenant.pk), str(old.pk))
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        wish = enter(kind=Kind.ACCESS, received_on=timezone.localdate())
        with cafe.scope():
            check(wish, cafe, on=timezone.localdate())
        page = f"/app/cafe-morgenrot/erasures/people/{person.subscriber.pk}/copies/copy.zip"
        assert b"".join(visitor(cafe.owner).get(page).streaming_content)

        with cafe.scope():
            assert known_of(RightsRequest.objects.get(pk=wish.pk)) is None


def test_a_consent_corrected_since_is_a_rectification(cafe, person, enter):
    wish = enter(checked=True, kind=Kind.RECTIFICATION)
    with cafe.scope():
        wrong = record_consent(
            text_in_force("bot-notice", "de"),
            purpose=ConsentRecord.Purpose.CHAT,
            decision=ConsentRecord.Decision.GRANTED,
            source=ConsentRecord.Source.BOT,
            controller=ConsentRecord.Controller.TENANT,
            person_id=person.subscriber.pk,
            identifier=person.address,
        )
        assert known_of(wish) is None

        correct_record(wrong, why="fault")

        assert known_of(wish).outcome == "done"


def test_a_language_set_right_is_a_rectification(cafe, person, enter, fresh):
    wish = enter(checked=True, kind=Kind.RECTIFICATION)

    with cafe.scope():
        change_language(person.subscriber, "en", by=cafe.owner)

        assert known_of(fresh(wish)).since == TODAY


def test_a_restriction_that_was_lifted_is_none(cafe, enter, carry_out):
    wish = enter(checked=True, kind=Kind.RESTRICTION)
    carry_out(Kind.RESTRICTION)
    with cafe.scope():
        lift(Restriction.objects.get(), by=cafe.owner)

        with pytest.raises(NotKnownError):
            answer(wish)


def test_nobody_was_told_that_it_is_done_before_it_was(cafe, enter, carry_out):
    wish = enter(kind=Kind.RESTRICTION, received_on=TODAY - timedelta(days=9))
    with cafe.scope():
        check(wish, cafe, on=TODAY - timedelta(days=8))
    carry_out(Kind.RESTRICTION)

    with cafe.scope(), pytest.raises(BadDayError):
        answer(wish, on=TODAY - timedelta(days=2))


def test_who_has_erased_themselves_is_answered_without_a_check(cafe, person, enter):
    wish = enter()
    with cafe.scope(), pytest.raises(NotCheckedError):
        answer(wish)
    gone(cafe, person)

    with cafe.scope():
        # Nobody is left who could be made sure of, and no note on a check stays with nobody.
        with pytest.raises(NobodyError):
            check(wish, cafe, note="knew the order")
        assert answer(wish).outcome == "gone"


def test_the_database_believes_nobody_gone_who_is_stored(cafe, enter):
    wish = enter(kind=Kind.ACCESS)

    with cafe.scope(), pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.filter(pk=wish.pk).update(
            state="answered", reply="mail", closed_on=TODAY, contact="", outcome="gone"
        )


def test_the_database_demands_that_an_answer_says_what_was_done(cafe, enter):
    wish = enter(checked=True, kind=Kind.ACCESS)

    for outcome in ("", "nobody"):
        with cafe.scope(), pytest.raises(IntegrityError), transaction.atomic():
            RightsRequest.objects.filter(pk=wish.pk).update(
                state="answered", reply="mail", closed_on=TODAY, contact="", outcome=outcome
            )
