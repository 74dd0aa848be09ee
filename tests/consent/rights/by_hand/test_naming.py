"""A request is given its person once they are found, and another one where that was wrong."""

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from chatbo.conversation.my_data import make_and_tell
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.personal_data.export import export_of
from consent.erasure.models import PersonExport
from consent.rights.by_hand.carrying_out import copy_by_request, erase_by_request, person_of
from consent.rights.by_hand.checking import check_identity
from consent.rights.by_hand.closing import withdraw_request
from consent.rights.by_hand.errors import (
    CarriedOutError,
    CopyUnderWayError,
    IllegalTransitionError,
    SomebodyNamedError,
)
from consent.rights.by_hand.naming import name_person, unname_person
from consent.rights.models import Particulars, Restriction, RightsRequest
from consent.rights.restricting import restrict
from tenants.bots.models import Subscriber
from tests.consent.erasure.test_deletion import places_that_name

Kind = RightsRequest.Kind


def test_a_request_of_nobody_is_given_its_person_once_they_are_found(cafe, person, enter):
    wish = enter(subscriber_id=None)
    assert not wish.about_somebody

    with cafe.scope():
        for _time in range(2):
            named = name_person(wish, subscriber_id=person.subscriber.pk)
        assert named.about_somebody
        assert person_of(named) == person.subscriber
        other = Subscriber.objects.create(channel=person.channel, external_id="other")
        with pytest.raises(SomebodyNamedError):
            name_person(wish, subscriber_id=other.pk)
        assert person_of(named) == person.subscriber


def test_a_closed_request_is_given_nobody(cafe, person, enter):
    wish = enter(subscriber_id=None)

    with cafe.scope():
        withdraw_request(wish)
        with pytest.raises(IllegalTransitionError):
            name_person(wish, subscriber_id=person.subscriber.pk)


def test_named_wrongly_it_is_taken_back_and_given_to_whom_it_is_about(cafe, person, enter):
    """Before, one press named somebody for good, and their copy showed what another had written."""
    wish = enter(subscriber_id=None, asked="I want my order deleted")
    with cafe.scope():
        name_person(wish, subscriber_id=person.subscriber.pk)
        assert export_of(person.subscriber)["particulars_of_requests"]

        for _time in range(2):
            assert not unname_person(wish).about_somebody

        assert not export_of(person.subscriber)["particulars_of_requests"]
        assert not export_of(person.subscriber)["requests_by_hand"]
        assert Particulars.objects.get(request=wish).asked == "I want my order deleted"
        other = Subscriber.objects.create(channel=person.channel, external_id="other")
        assert person_of(name_person(wish, subscriber_id=other.pk)) == other
        (entry,) = AuditEntry.objects.filter(action="rights_request.person_unnamed")
        assert entry.target_id == str(wish.pk)


def test_the_check_of_the_wrong_person_is_taken_back_with_them(cafe, person, enter, fresh):
    wish = enter(checked=True)

    with cafe.scope():
        unname_person(wish)

        found = fresh(wish)
        assert (found.state, found.identity, found.identity_on) == ("open", "", None)
        assert found.checked_by_id is None
    assert not places_that_name("knew the order")
    with cafe.scope():
        name_person(wish, subscriber_id=person.subscriber.pk)
        chat = RightsRequest.Identity.CHAT
        again = check_identity(wish, identity=chat, on=timezone.localdate(), by=cafe.owner)
        assert again.state == "in_progress"


def test_once_something_was_done_on_the_person_it_is_not_taken_back(cafe, person, enter, fresh):
    erasing = enter(checked=True)
    limiting = enter(checked=True, kind=Kind.RESTRICTION)

    with cafe.scope():
        erase_by_request(erasing)
        with pytest.raises(CarriedOutError):
            unname_person(erasing)
    assert fresh(erasing).state == "in_progress"
    with cafe.scope():
        erase_by_request(erasing).finish()
        restrict(person.subscriber, ground=Restriction.Ground.ACCURACY, by=cafe.owner)
        with pytest.raises(CarriedOutError):
            unname_person(limiting)


@pytest.mark.parametrize("kind", [Kind.RESTRICTION, Kind.RECTIFICATION, Kind.ACCESS])
def test_what_was_done_for_a_checked_one_leaves_an_unchecked_one_to_be_taken_back(
    cafe, enter, carry_out, fresh, kind
):
    """Before, it could not be: who had written the second one stayed taken for the first."""
    mine, anothers = enter(checked=True, kind=kind), enter(kind=kind, asked="Another")

    carry_out(kind)

    assert (fresh(mine).done_on, fresh(anothers).done_on) == (timezone.localdate(), None)
    with cafe.scope():
        assert not unname_person(anothers).about_somebody
        with pytest.raises(CarriedOutError):
            unname_person(mine)


def test_a_closed_one_is_not_taken_back(cafe, enter):
    wish = enter()

    with cafe.scope():
        withdraw_request(wish)
        with pytest.raises(IllegalTransitionError):
            unname_person(wish)


def test_copies_that_hold_another_s_words_go_with_the_naming(cafe, person, enter):
    wish = enter(checked=True, kind=Kind.ACCESS)
    with cafe.scope():
        copy = copy_by_request(wish, user=cafe.owner)
        with pytest.raises(CopyUnderWayError):
            unname_person(wish)
        assert person_of(wish) == person.subscriber
    make_and_tell(str(cafe.tenant.pk), str(copy.pk))

    with cafe.scope():
        unname_person(wish)
        copy.refresh_from_db()
        assert copy.state == PersonExport.State.OVER
        assert not default_storage.exists(copy.file)


@pytest.mark.parametrize(
    "past",
    [
        {"about_somebody": False},
        {"state": "open"},
        {"state": "open", "about_somebody": False},
        {"identity": "", "identity_on": None, "state": "open"},
    ],
)
def test_the_database_takes_the_check_back_with_the_person_or_not_at_all(cafe, enter, past):
    wish = enter(checked=True)

    with cafe.scope(), pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.filter(pk=wish.pk).update(**past)


@pytest.mark.parametrize(
    "done",
    [{"done_on": timezone.localdate()}, {"erasure_id": "00000000-0000-0000-0000-000000000001"}],
)
def test_the_database_takes_nothing_back_that_was_carried_out(cafe, enter, done):
    wish = enter(checked=True)

    with cafe.scope():
        RightsRequest.objects.filter(pk=wish.pk).update(**done)
        with pytest.raises(IntegrityError), transaction.atomic():
            RightsRequest.objects.filter(pk=wish.pk).update(
                about_somebody=False, state="open", identity="", identity_on=None
            )
