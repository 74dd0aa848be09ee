"""Restricted data are stored and nothing else: nobody but the person has them deleted."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from consent.erasure.errors import NobodySelectedError, RestrictedError
from consent.erasure.foreseeing import foresee
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure, request_erasure_of_many
from consent.erasure.retention import erase_inactive, inactive_on
from consent.erasure.selecting import all_at_the_end, all_of, passed_over, selected, these
from consent.rights.errors import (
    BadDayError,
    NobodyError,
    NoteMissingError,
    NoteTooLongError,
)
from consent.rights.models import LONGEST_NOTE, Restriction, RightsRequest
from consent.rights.restricting import lift, lift_told_otherwise, restrict
from tenants.accounts.models import User
from tenants.bots.models import Bot, Message, Subscriber
from tests.consent.erasure.carrying_out import carried_out
from tests.consent.erasure.crowds import channel_of_bot, someone

Ground, State, Origin = Restriction.Ground, Restriction.State, Erasure.Origin
Way = RightsRequest.Way
NOTE = "MARKER-note"


@pytest.fixture
def frieda(cafe, queue):
    with cafe.scope():
        return channel_of_bot("Frieda")


@pytest.fixture
def anna(cafe, frieda):
    with cafe.scope():
        return someone(frieda, "anna")


@pytest.fixture
def otto(cafe, frieda):
    with cafe.scope():
        return someone(frieda, "otto")


def restricted(cafe, whom, **more):
    with cafe.scope():
        return restrict(whom, **{"ground": Ground.ACCURACY, "by": cafe.owner, **more})


def since(cafe, whom):
    with cafe.scope():
        return Subscriber.objects.get(pk=whom.pk).restricted_at


def test_it_says_from_when_why_and_by_whom_and_the_log_says_so(cafe, anna, otto):
    restriction = restricted(cafe, anna, ground=Ground.CLAIMS, note=f"  {NOTE} ")

    assert since(cafe, anna) is not None
    assert since(cafe, otto) is None
    assert (restriction.state, restriction.ground) == (State.IN_FORCE, "claims")
    assert (restriction.note, restriction.set_by_id) == (NOTE, cafe.owner.pk)
    with cafe.scope():
        entry = AuditEntry.objects.get(action="restriction.set")
        with connection.cursor() as cursor:
            cursor.execute("SELECT r::text FROM rights_restriction r")
            assert not any(NOTE in row for (row,) in cursor.fetchall()), "encrypted"
    assert entry.details == {"ground": "claims"}
    assert entry.actor_id == cafe.owner.pk
    assert NOTE not in str(vars(entry))


def test_twice_is_once_and_the_first_stays_as_it_is(cafe, anna):
    first = restricted(cafe, anna)
    begun = since(cafe, anna)

    second = restricted(cafe, anna, ground=Ground.OBJECTION, note="x")

    assert second == first
    assert second.ground == Ground.ACCURACY
    assert since(cafe, anna) == begun
    with cafe.scope():
        assert AuditEntry.objects.filter(action="restriction.set").count() == 1


def test_the_database_itself_knows_one_in_force_at_most(cafe, anna):
    restricted(cafe, anna)

    with cafe.scope(), pytest.raises(IntegrityError), transaction.atomic():
        Restriction.objects.create(subscriber=anna, ground=Ground.CLAIMS)


def test_a_note_that_is_too_long_restricts_nobody(cafe, anna):
    with pytest.raises(NoteTooLongError):
        restricted(cafe, anna, note="x" * (LONGEST_NOTE + 1))

    assert since(cafe, anna) is None
    restricted(cafe, anna, note="x" * LONGEST_NOTE)


def test_who_is_being_erased_or_gone_cannot_be_restricted_any_more(cafe, dentist, anna, otto):
    with cafe.scope():
        request_erasure(anna, origin=Origin.BOT)
        gone = Subscriber(pk=otto.pk)
        Subscriber.objects.filter(pk=otto.pk).delete()
        for whom in (anna, gone):
            with pytest.raises(NobodyError):
                restrict(whom, ground=Ground.ACCURACY, by=cafe.owner)
    with dentist.scope(), pytest.raises(NobodyError):
        restrict(anna, ground=Ground.ACCURACY, by=dentist.owner)


def test_the_business_cannot_erase_somebody_restricted_and_nothing_is_written(cafe, anna):
    restricted(cafe, anna)

    with cafe.scope():
        with pytest.raises(RestrictedError):
            request_erasure(anna, origin=Origin.TENANT)
        assert not Erasure.objects.exists()


@pytest.mark.parametrize("origin", [Origin.BOT, Origin.META])
def test_the_persons_own_wish_wins_on_whichever_way_it_comes(cafe, anna, origin):
    restricted(cafe, anna)

    with cafe.scope():
        erasure = request_erasure(anna, origin=origin)
    carried_out(erasure)

    with cafe.scope():
        assert not Subscriber.objects.filter(pk=anna.pk).exists()
        assert not Restriction.objects.exists()


def test_pressing_once_more_where_the_person_has_asked_is_their_erasure(cafe, anna):
    restricted(cafe, anna)
    with cafe.scope():
        own = request_erasure(anna, origin=Origin.BOT)

        assert request_erasure(anna, origin=Origin.TENANT) == own


def test_many_are_erased_and_who_is_restricted_stays(cafe, anna, otto):
    restricted(cafe, anna)
    with cafe.scope():
        many = request_erasure_of_many(
            these([anna.pk, otto.pk]), origin=Origin.TENANT, language="de"
        )

    many = carried_out(many)

    assert (many.state, many.done, many.total) == (Erasure.State.DONE, 1, 1)
    with cafe.scope():
        assert list(Subscriber.objects.all()) == [anna]
        assert anna.messages.count() == 1


def test_who_is_restricted_between_request_and_batch_stays_too(cafe, anna, otto):
    with cafe.scope():
        many = request_erasure_of_many(
            all_of(until=timezone.now()), origin=Origin.TENANT, language="de"
        )
    restricted(cafe, anna)

    assert carried_out(many).done == 1
    with cafe.scope():
        assert list(Subscriber.objects.all()) == [anna]


def test_where_everybody_chosen_is_restricted_nobody_is_erased(cafe, anna):
    restricted(cafe, anna)

    with cafe.scope(), pytest.raises(NobodySelectedError):
        request_erasure_of_many(these([anna.pk]), origin=Origin.TENANT, language="de")


def test_the_dry_run_says_how_many_are_passed_over(cafe, anna, otto):
    restricted(cafe, anna)

    with cafe.scope():
        foreseen = foresee(these([anna.pk, otto.pk]))
        everybody = all_of(until=timezone.now())

        assert (foreseen.people, foreseen.restricted) == (1, 1)
        assert list(passed_over(everybody)) == [anna]
        assert list(selected(everybody)) == [otto]


def test_the_retention_period_passes_over_who_is_restricted(cafe, frieda, anna, otto):
    restricted(cafe, anna)
    with cafe.scope():
        Subscriber.objects.update(last_seen_at=timezone.now() - timedelta(days=800))
        assert list(inactive_on(timezone.localdate(), frieda.bot, 12)) == [otto]
        night = erase_inactive(Bot.objects.get())
    carried_out(night)

    with cafe.scope():
        assert list(Subscriber.objects.all()) == [anna]
        assert erase_inactive(Bot.objects.get()) is None


def test_who_was_silent_for_years_because_of_it_is_not_erased_in_the_night_after(
    cafe, frieda, anna, otto
):
    restriction = restricted(cafe, anna)
    with cafe.scope():
        Subscriber.objects.update(last_seen_at=timezone.now() - timedelta(days=800))
    told_otherwise(cafe, restriction)
    today = timezone.localdate()

    with cafe.scope():
        bot = frieda.bot
        assert list(inactive_on(today, bot, 12)) == [otto]
        assert list(inactive_on(today + timedelta(days=360), bot, 12)) == [otto]
        assert set(inactive_on(today + timedelta(days=370), bot, 12)) == {anna, otto}
        Subscriber.objects.filter(pk=anna.pk).update(
            last_seen_at=timezone.now() + timedelta(days=200)
        )
        assert list(inactive_on(today + timedelta(days=370), bot, 12)) == [otto], "wrote since"


def told_otherwise(cafe, restriction, **more):
    with cafe.scope():
        facts = {"way": Way.LETTER, "on": timezone.localdate(), "by": cafe.owner}
        lift_told_otherwise(restriction, **facts | more)
        restriction.refresh_from_db()
    return restriction


@pytest.mark.parametrize("state", [State.IN_FORCE, State.LIFTING, State.UNTOLD])
def test_it_ends_as_the_business_has_told_the_person_in_another_way(cafe, anna, state):
    restriction = restricted(cafe, anna)
    with cafe.scope():
        Restriction.objects.update(state=state)

    for _time in range(2):
        told_otherwise(cafe, restriction, note=f" {NOTE} ")

    assert restriction.state == State.LIFTED
    assert (restriction.told_way, restriction.told_on) == ("letter", timezone.localdate())
    assert (restriction.told_note, restriction.told_at) == (NOTE, None)
    assert restriction.lift_asked_by_id == cafe.owner.pk
    assert since(cafe, anna) is None
    with cafe.scope():
        entry = AuditEntry.objects.get(action="restriction.lifted")
        with connection.cursor() as cursor:
            cursor.execute("SELECT r::text FROM rights_restriction r")
            assert not any(NOTE in row for (row,) in cursor.fetchall()), "encrypted"
    assert (entry.details, entry.actor_id) == ({"told_way": "letter"}, cafe.owner.pk)
    assert restrict_again(cafe, anna).state == State.IN_FORCE


def restrict_again(cafe, whom):
    again = restricted(cafe, whom, ground=Ground.OBJECTION)
    assert since(cafe, whom) is not None
    return again


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"on": timezone.localdate() + timedelta(days=1)}, BadDayError),
        ({"on": timezone.localdate() - timedelta(days=1)}, BadDayError),
        ({"way": Way.OTHER}, NoteMissingError),
        ({"way": Way.OTHER, "note": "  "}, NoteMissingError),
        ({"note": "x" * (LONGEST_NOTE + 1)}, NoteTooLongError),
    ],
)
def test_what_says_too_little_or_cannot_be_lifts_nothing(cafe, anna, wrong, error):
    restriction = restricted(cafe, anna)

    with pytest.raises(error):
        told_otherwise(cafe, restriction, **wrong)

    with cafe.scope():
        restriction.refresh_from_db()
    assert (restriction.state, restriction.told_way) == (State.IN_FORCE, "")
    assert since(cafe, anna) is not None


def test_the_database_itself_lifts_none_of_which_nobody_was_told(cafe, anna):
    restriction = restricted(cafe, anna)
    mine = Restriction.objects.filter(pk=restriction.pk)

    with cafe.scope():
        for wrong in ({"state": "lifted"}, {"told_way": "letter"}, {"told_on": "2026-01-01"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                mine.update(**wrong)
        mine.update(state="lifted", told_at=timezone.now())


def test_who_is_gone_cannot_be_told_in_another_way(cafe, anna):
    restriction = restricted(cafe, anna)
    with cafe.scope():
        request_erasure(anna, origin=Origin.BOT)

    with pytest.raises(NobodyError):
        told_otherwise(cafe, restriction)


def test_at_the_end_of_the_business_nobody_stays(cafe, anna, otto):
    restricted(cafe, anna)
    with cafe.scope():
        everybody = all_at_the_end(until=timezone.now())
        assert not passed_over(everybody).exists()
        end = request_erasure_of_many(everybody, origin=Origin.ENDING, language="de")

    assert carried_out(end).done == 2
    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_lifting_is_asked_for_once_and_changes_nothing_before_the_person_knows(
    cafe, anna, queue, commit
):
    restriction = restricted(cafe, anna)
    queue.clear()

    with commit(), cafe.scope():
        for _time in range(2):
            lift(restriction, by=cafe.owner)

    assert queue == [("restrictions.lift", str(restriction.tenant_id), str(restriction.pk))]
    with cafe.scope():
        restriction.refresh_from_db()
        assert AuditEntry.objects.filter(action="restriction.lifting").count() == 1
    assert restriction.state == State.LIFTING
    assert restriction.lift_asked_by_id == cafe.owner.pk
    assert restriction.lifted_at is None
    assert since(cafe, anna) is not None


def test_what_is_gone_cannot_be_lifted(cafe, anna):
    restriction = restricted(cafe, anna)
    with cafe.scope():
        carry = request_erasure(anna, origin=Origin.BOT)
        with pytest.raises(NobodyError):
            lift(restriction, by=cafe.owner)
    carried_out(carry)

    with cafe.scope(), pytest.raises(NobodyError):
        lift(restriction, by=cafe.owner)


def test_whoever_restricted_it_is_named_in_no_row_after_their_account(cafe, anna):
    colleague = User.objects.create_user("colleague@mail.example", name="Colleague")
    restriction = restricted(cafe, anna, by=colleague)

    from chatbo.foundation.personal_data import declarations_about
    from chatbo.foundation.personal_data.rows import rows_about

    with cafe.scope():
        for model, declaration in declarations_about("accounts.User"):
            if model is Restriction:
                rows_about(colleague, model, declaration).update(**declaration.end.fields)
        restriction.refresh_from_db()
    assert restriction.set_by_id is None


def test_what_the_chat_was_about_to_say_is_not_said_any_more(cafe, anna, otto):
    with cafe.scope():
        for each in (anna, otto):
            Message.objects.create(
                subscriber=each, direction=Message.Direction.OUT, text="Hi", at=timezone.now()
            )

    restricted(cafe, anna)

    with cafe.scope():
        waiting = Message.objects.filter(direction=Message.Direction.OUT)
        said = dict(waiting.values_list("subscriber", "problem"))
    assert said == {anna.pk: "called_off", otto.pk: ""}
