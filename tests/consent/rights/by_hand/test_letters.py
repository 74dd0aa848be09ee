"""The letter says what was done, with code and address; or why not, and how to complain."""

import pytest
from django.utils import timezone

from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.rights.by_hand.carrying_out import erase_by_request
from consent.rights.by_hand.checking import extend_time
from consent.rights.by_hand.closing import answer_request, refuse_request, withdraw_request
from consent.rights.by_hand.letter import About, letter_on, letters_on
from consent.rights.by_hand.shown import Shown
from consent.rights.models import Restriction, RightsRequest
from consent.rights.restricting import lift
from tests.consent.erasure.carrying_out import carried_out

Kind, Reply = RightsRequest.Kind, RightsRequest.Reply
TODAY = timezone.localdate()
COMPLAIN = "complain to a supervisory authority"


def letter(cafe, wish, about=None, language="en"):
    with cafe.scope():
        shown = Shown(RightsRequest.objects.get(pk=wish.pk))
        choices = letters_on(shown)
        return letter_on(
            shown, cafe.tenant, about=About(about) if about else choices[-1], language=language
        )


def words(*args, **more):
    return "\n".join(letter(*args, **more).paragraphs)


def vars_of(wish):
    names = ("kind", "way", "received_on", "due_on", "about_somebody", "identity", "identity_on")
    return {name: getattr(wish, name) for name in names}


def choices(cafe, wish):
    with cafe.scope():
        return letters_on(Shown(RightsRequest.objects.get(pk=wish.pk)))


def test_of_an_open_request_it_says_that_it_came_and_asks_who_it_is(cafe, enter):
    wish = enter()

    said = words(cafe, wish)

    assert choices(cafe, wish) == [About.RECEIPT]
    assert "Art. 12(6)" in said
    assert "Please delete me" not in said
    assert "Rosenweg" not in said


def test_of_an_erasure_it_names_code_and_address(cafe, enter):
    wish = enter(checked=True)
    assert choices(cafe, wish) == [About.RECEIPT]
    with cafe.scope():
        erasure = erase_by_request(wish)
    assert choices(cafe, wish) == [About.RECEIPT]
    carried_out(erasure)

    for language, deleted in (("en", "we have deleted"), ("de", "haben wir alles gelöscht")):
        said = words(cafe, wish, language=language)
        assert deleted in said
        assert erasure.code in said
        assert f"/erasure/{erasure.code}/" in said
    with cafe.scope():
        answer_request(wish, on=TODAY, reply=Reply.LETTER)
    assert erasure.code in words(cafe, wish)


@pytest.mark.parametrize(
    ("kind", "law"),
    [
        (Kind.ACCESS, "Arts. 15, 20"),
        (Kind.RECTIFICATION, "Art. 16"),
        (Kind.RESTRICTION, "Art. 18"),
        (Kind.OBJECTION, "Art. 21"),
    ],
)
def test_of_every_other_right_it_says_what_was_done_once_it_was(cafe, enter, carry_out, kind, law):
    wish = enter(checked=True, kind=kind)
    assert choices(cafe, wish) == [About.RECEIPT]

    carry_out(kind)

    assert choices(cafe, wish) == [About.RECEIPT, About.ANSWER]
    assert law in words(cafe, wish)
    assert "Arts." not in words(cafe, wish, language="de")
    with cafe.scope():
        answer_request(wish, on=TODAY, reply=Reply.LETTER)
    assert law in words(cafe, wish)


def test_of_what_was_done_elsewhere_it_says_what_the_business_says_and_no_more(cafe, enter):
    wish = enter(checked=True, kind=Kind.ACCESS)
    with cafe.scope():
        answer_request(wish, on=TODAY, reply=Reply.LETTER, how="We have sent you a paper copy.")

    said = words(cafe, wish)

    assert "We have sent you a paper copy." in said
    assert "With this letter" not in said


def test_once_a_restriction_is_lifted_it_does_not_say_that_it_holds(cafe, enter, carry_out):
    wish = enter(checked=True, kind=Kind.RESTRICTION)
    carry_out(Kind.RESTRICTION)
    with cafe.scope():
        lift(Restriction.objects.get(), by=cafe.owner)

    assert choices(cafe, wish) == [About.RECEIPT]


def test_of_an_answer_from_before_outcomes_were_noted_it_says_only_that_it_was_given(cafe, enter):
    wish = enter(checked=True, kind=Kind.ACCESS)
    with cafe.scope():
        answer_request(wish, on=TODAY, reply=Reply.LETTER, how="x")
        shown = Shown(RightsRequest(**vars_of(wish), state="answered", closed_on=TODAY))
        letter = letter_on(shown, cafe.tenant, about=About.ANSWER, language="en")

    said = "\n".join(letter.paragraphs)
    assert "We have answered that on" in said
    assert "With this letter" not in said


def test_of_somebody_who_erased_themselves_it_tells_an_unchecked_asker_nothing(cafe, person, enter):
    wish = enter()
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    carried_out(erasure)

    said = words(cafe, wish)

    assert "Under what you have told us nothing is stored" in said
    assert "any more" not in said
    assert erasure.code not in said


def test_where_nobody_was_found_it_says_that_nothing_is_stored(cafe, enter):
    assert "nothing is stored on you" in words(cafe, enter(subscriber_id=None))


def test_of_a_refusal_it_says_why_and_how_to_complain(cafe, enter):
    wish = enter()
    with cafe.scope():
        refuse_request(
            wish,
            ground=RightsRequest.Ground.UNFOUNDED,
            reason="You are not a customer",
            on=TODAY,
            reply=Reply.LETTER,
        )

    said = words(cafe, wish)

    assert choices(cafe, wish) == [About.REFUSAL]
    assert "manifestly unfounded" in said
    assert "You are not a customer" in said
    assert COMPLAIN in said
    assert "Art. 79" in said


def test_of_an_extension_it_says_why_and_until_when(cafe, enter, fresh):
    wish = enter()
    with cafe.scope():
        extend_time(wish, reason="Four hundred at once")

    assert choices(cafe, wish) == [About.RECEIPT, About.LONGER]
    said = words(cafe, wish)

    assert "Four hundred at once" in said
    assert str(fresh(wish).due_on.year) in said
    assert COMPLAIN in said


def test_of_a_request_that_was_taken_back_it_says_that(cafe, enter):
    wish = enter()
    with cafe.scope():
        withdraw_request(wish)

    assert "taken your request back" in words(cafe, wish)
