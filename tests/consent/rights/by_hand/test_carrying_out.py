"""What was asked for is done by what is there for it: the erasure, the copy, the person's page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatbo.conversation.my_data import make_and_tell
from consent.erasure.models import Erasure, PersonExport
from consent.erasure.requests import request_erasure
from consent.erasure.telling import last_message
from consent.rights.by_hand.carrying_out import carry_out_on, copy_by_request, erase_by_request
from consent.rights.by_hand.errors import NobodyError, OtherKindError
from consent.rights.by_hand.shown import Shown
from consent.rights.models import Particulars, RightsRequest
from tenants.bots.models import Subscriber
from tests.consent.conftest import MARKER
from tests.consent.erasure.carrying_out import carried_out
from tests.consent.erasure.test_deletion import places_that_name

Kind = RightsRequest.Kind


def test_the_erasure_is_the_usual_one_due_on_the_request_s_day(cafe, person, enter, fresh):
    wish = enter(checked=True, received_on=timezone.localdate())

    with cafe.scope():
        erasure = erase_by_request(wish)
        again = erase_by_request(wish)

    assert again == erasure
    assert fresh(wish).erasure_id == erasure.pk
    assert (erasure.origin, erasure.subject_id) == ("by_hand", person.subscriber.pk)
    assert timezone.localdate(erasure.due_at) == wish.due_on


def test_a_late_request_s_erasure_is_not_given_a_new_month(cafe, enter):
    wish = enter(received_on=timezone.localdate() - timedelta(days=20))
    with cafe.scope():
        RightsRequest.objects.filter(pk=wish.pk).update(
            state="in_progress", identity="chat", identity_on=timezone.localdate()
        )

        assert timezone.localdate(erase_by_request(wish).due_at) == wish.due_on


def test_what_the_person_does_in_the_chat_meanwhile_is_the_same_erasure(cafe, person, enter):
    wish = enter(checked=True)

    with cafe.scope():
        tapped = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        assert erase_by_request(wish) == tapped


def test_with_the_person_every_word_on_them_goes_and_the_request_names_nobody(
    cafe, person, enter, fresh
):
    wish = enter(checked=True, asked=f"I am {MARKER}")
    with cafe.scope():
        erasure = erase_by_request(wish)
    carried_out(erasure)

    left = places_that_name(MARKER, person.address, str(person.subscriber.pk), "knew the order")
    assert left == {"erasure.Erasure.subject_id"}
    with cafe.scope():
        assert not Particulars.objects.exists()
        assert Shown(fresh(wish)).person is None
    # The answer is still to be sent.
    assert fresh(wish).contact == "Rosenweg 4"


def test_the_certificate_names_the_request_among_what_is_kept(cafe, enter):
    wish = enter(checked=True)
    with cafe.scope():
        erasure = erase_by_request(wish)

    done = carried_out(erasure)

    kept = {each["what"]: each for each in done.certificate["said"]["kept"]}
    assert kept["rights.RightsRequest"]["count"] == 1
    last = kept["rights.RightsRequest"]["until"]
    assert last >= f"{wish.due_on.year + 3}-12-31"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Antrag, bis zur Antwort mit Ihren Kontaktdaten, danach ohne Ihren Namen, bis 31."),
        ("en", "hand, until the answer with how to reach you, then without your name, until 31 "),
    ],
)
def test_the_person_is_told_that_the_request_says_how_to_reach_them_until_the_answer(
    cafe, person, enter, fresh, language, said
):
    wish = enter(checked=True, contact="Frieda Muster, Rosenweg 4")
    with cafe.scope():
        Subscriber.objects.update(language=language)
        erasure = carried_out(erase_by_request(wish))

        assert said in last_message(erasure).text
    assert fresh(wish).contact == "Frieda Muster, Rosenweg 4"


def test_the_copy_is_the_usual_one_for_the_business_to_hand_over(cafe, person, enter, fresh):
    wish = enter(checked=True, kind=Kind.ACCESS)

    with cafe.scope():
        copy = copy_by_request(wish, user=cafe.owner)
        assert copy_by_request(wish, user=cafe.owner) == copy
        assert Shown(fresh(wish)).is_live
    make_and_tell(str(cafe.tenant.pk), str(copy.pk))

    with cafe.scope():
        shown = Shown(fresh(wish))
        assert (copy.way, copy.subscriber) == (PersonExport.Way.DOWNLOAD, person.subscriber)
        assert shown.copy.state == PersonExport.State.READY
        assert not shown.is_live


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        (Kind.RECTIFICATION, "rectify"),
        (Kind.RESTRICTION, "restrict"),
        (Kind.OBJECTION, "restrict"),  # While it is not clear who prevails (Art. 18(1)(d)).
    ],
)
def test_the_other_rights_are_carried_out_below_the_person_s_page(cafe, person, enter, kind, where):
    wish = enter(checked=True, kind=kind)

    with cafe.scope():
        page = carry_out_on(wish, "cafe-morgenrot")

    assert page == f"/app/cafe-morgenrot/erasures/people/{person.subscriber.pk}/{where}/"


def test_a_request_does_what_it_asks_for_and_nothing_else(cafe, enter):
    copying, erasing = enter(checked=True, kind=Kind.ACCESS), enter(checked=True)

    with cafe.scope():
        with pytest.raises(OtherKindError):
            erase_by_request(copying)
        with pytest.raises(OtherKindError):
            copy_by_request(erasing, user=cafe.owner)
        assert carry_out_on(erasing, "cafe") == ""
        assert not Erasure.objects.exists()


def test_of_somebody_who_is_gone_nothing_is_done_any_more(cafe, person, enter):
    erasing, limiting = enter(checked=True), enter(checked=True, kind=Kind.RESTRICTION)
    with cafe.scope():
        gone = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    carried_out(gone)

    with cafe.scope():
        assert not Subscriber.objects.exists()
        with pytest.raises(NobodyError):
            erase_by_request(erasing)
        assert carry_out_on(limiting, "cafe") == ""
