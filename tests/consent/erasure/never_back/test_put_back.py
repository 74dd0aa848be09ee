"""A restored database has the holds and restrictions that were in force, before anybody goes."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from chatbo.foundation import outside
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation.ids import new_id
from consent.erasure.errors import ReplayIncompleteError
from consent.erasure.holds.holding import extend_hold, release_hold, set_hold
from consent.erasure.holds.models import Hold
from consent.erasure.never_back import tombstones, words
from consent.erasure.never_back.models import KnownWord, Replay
from consent.erasure.never_back.replaying import replay_erasures
from consent.rights.models import Restriction
from consent.rights.restricting import end_restriction, lift, restrict
from tenants.accounts.models import User
from tenants.bots.models import Message, Subscriber
from tests.consent.erasure.never_back.conftest import House, there

TODAY = timezone.localdate


def held(house: House, someone: Subscriber, reason: str = "Unpaid order") -> Hold:
    with house.cafe.scope():
        return set_hold(
            someone.pk,
            ground=Hold.Ground.DEFENDING,
            reason=reason,
            since=TODAY() - timedelta(days=7),
            until=TODAY() + timedelta(days=7),
            ends_on=TODAY() + timedelta(days=90),
            set_by_id=house.cafe.owner.pk,
        )


def restricted(house: House, someone: Subscriber) -> Restriction:
    with house.cafe.scope():
        return restrict(
            someone, ground=Restriction.Ground.CLAIMS, note="MARKER-note", by=house.cafe.owner
        )


def lifted(house: House, restriction: Restriction) -> None:
    """The person was told, and it ends."""
    with house.cafe.scope():
        lift(restriction, by=house.cafe.owner)
        someone = Subscriber.objects.get(pk=restriction.subscriber_id)
        told_at = timezone.now()
        end_restriction(Restriction.objects.get(pk=restriction.pk), someone, told_at=told_at)


def as_it_is(house: House, row: Any) -> dict[str, Any]:
    with house.cafe.scope():
        found = type(row).objects.get(pk=row.pk)
        return {field.name: getattr(found, field.attname) for field in found._meta.concrete_fields}


@pytest.mark.processes
def test_what_a_hold_kept_is_kept_although_the_backup_is_older_than_the_hold(house):
    anna, bela = house.meet("Anna"), house.meet("Bela")
    backup = house.back_up()
    hold = held(house, anna)
    before = as_it_is(house, hold)
    house.erase(anna)
    house.erase(bela)
    house.restore(backup)

    started = house.start()

    assert started.returncode == 0, started.stderr
    with house.cafe.scope():
        again = Hold.objects.get()
        assert [each.text for each in again.held.messages] == ["MARKER-Anna"]
        assert again.held.identifier == "MARKER-Anna"
        assert not Subscriber.objects.exists()
        entry = AuditEntry.objects.get(action="hold.put_back")
        assert entry.details == {"ground": "defending", "ends_on": hold.ends_on.isoformat()}
    after = as_it_is(house, hold)
    for changed in ("subscriber_id", "taken_at", "snapshot"):
        del before[changed], after[changed]
    assert after == before
    assert Replay.objects.get().put_back == 1
    assert replay_erasures() is None


def test_a_hold_is_what_it_was_last_in_any_order_of_backup_change_and_erasure(house):
    anna, bela, carla, dora = (house.meet(name) for name in ("Anna", "Bela", "Carla", "Dora"))
    released, extended = held(house, anna), held(house, bela)
    backup = house.back_up()
    emil = house.meet("Emil")
    of_nobody_here = held(house, emil)
    longer = TODAY() + timedelta(days=200)
    house.erase(bela)
    with house.cafe.scope():
        release_hold(released)
        # The person is gone by now, and its row no longer says who it was.
        extend_hold(Hold.objects.get(pk=extended.pk), ends_on=longer, reason="An appeal.")
        set_and_released = held(house, carla)
        release_hold(set_and_released)
    later = held(house, dora)
    with house.cafe.scope():
        extend_hold(later, ends_on=longer, reason="An appeal.")
    house.restore(backup)

    replay_erasures()

    with house.cafe.scope():
        holds = {hold.pk: hold for hold in Hold.objects.all()}
        assert set(holds) == {extended.pk, later.pk}
        assert of_nobody_here.pk not in holds
        assert {hold.ends_on for hold in holds.values()} == {longer}
        assert "An appeal." in holds[extended.pk].reason
        assert holds[extended.pk].taken_at is not None
        assert [each.text for each in holds[extended.pk].held.messages] == ["MARKER-Bela"]
        assert holds[later.pk].subscriber_id == dora.pk
    assert there() >= {"Anna", "Carla", "Dora"}
    assert words.unknown() == []
    assert replay_erasures() is None


def test_whoever_had_their_data_restricted_has_so_again(house):
    anna, bela, carla = (house.meet(name) for name in ("Anna", "Bela", "Carla"))
    ended = restricted(house, bela)
    backup = house.back_up()
    lifted(house, ended)
    of_anna = restricted(house, anna)
    both = restricted(house, carla)
    lifted(house, both)
    before, was = as_it_is(house, of_anna), as_it_is(house, anna)
    told = as_it_is(house, ended)
    house.restore(backup)
    with house.cafe.scope():
        waiting = Message.objects.create(
            subscriber=anna, direction="out", text="News", at=timezone.now()
        )
        assert Subscriber.objects.get(pk=anna.pk).restricted_at is None

    replay_erasures()

    assert as_it_is(house, anna)["restricted_at"] == was["restricted_at"] is not None
    after = as_it_is(house, of_anna)
    assert {**after, "not_before": None} == {**before, "not_before": None}
    assert as_it_is(house, waiting)["problem"] == "called_off"
    assert as_it_is(house, bela)["restricted_at"] is None
    assert as_it_is(house, carla)["restricted_at"] is None
    for field in ("state", "lifted_at", "told_at"):
        assert as_it_is(house, ended)[field] == told[field]
    assert as_it_is(house, ended)["finished_at"] is not None
    with house.cafe.scope():
        assert Restriction.objects.unfinished().get().pk == of_anna.pk
        (again,) = AuditEntry.objects.filter(action="restriction.put_back")
        assert again.target_id == str(of_anna.pk)
        (over,) = AuditEntry.objects.filter(action="restriction.lifted_again")
        assert over.target_id == str(ended.pk)
    assert replay_erasures() is None


def test_restricted_anew_after_it_was_lifted_it_is_the_new_one(house):
    anna = house.meet("Anna")
    first = restricted(house, anna)
    backup = house.back_up()
    lifted(house, first)
    second = restricted(house, anna)
    house.restore(backup)

    replay_erasures()

    assert as_it_is(house, first)["state"] == "lifted"
    assert as_it_is(house, second)["state"] == "in_force"
    assert as_it_is(house, anna)["restricted_at"] is not None


def test_who_has_another_number_in_the_backup_is_found_by_who_they_are(house):
    anna = house.meet("Anna")
    hold, restriction = held(house, anna), restricted(house, anna)
    other = renumbered(house, anna)

    replay_erasures()

    assert as_it_is(house, hold)["subscriber_id"] == other
    assert as_it_is(house, restriction)["subscriber"] == other


def test_what_was_erased_before_the_hold_was_set_is_not_held_by_it(house):
    """They were erased, came back, and the hold is on what they wrote since."""
    first = house.meet("Anna")
    backup = house.back_up()
    house.erase(first)
    second = house.meet("Anna")
    held(house, second)
    house.restore(backup)

    replay_erasures()

    with house.cafe.scope():
        assert not Hold.objects.exists()
        assert not Subscriber.objects.exists()


def test_nobody_is_erased_again_while_a_word_cannot_be_read(house):
    anna = house.meet("Anna")
    backup = house.back_up()
    held(house, anna)
    house.erase(anna)
    house.restore(backup)
    (name,) = words.unknown()
    text = outside.get(name)
    outside.drop(name)
    outside.put(name, "half of it")

    with pytest.raises(ReplayIncompleteError) as error:
        replay_erasures()
    assert [fault.name for fault in error.value.faults] == [name]
    assert there() == {"Anna"}

    outside.drop(name)
    outside.put(name, text)
    replay_erasures()
    with house.cafe.scope():
        assert [each.text for each in Hold.objects.get().held.messages] == ["MARKER-Anna"]


def test_killed_between_word_and_erasure_it_goes_on(house, monkeypatch):
    anna = house.meet("Anna")
    backup = house.back_up()
    held(house, anna)
    house.erase(anna)
    house.restore(backup)

    class KilledError(BaseException):
        pass

    def die(*args: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr("consent.erasure.never_back.replaying._replay_at", die)
        with pytest.raises(KilledError):
            replay_erasures()
    assert KnownWord.objects.count() == 1

    replay = replay_erasures()

    assert (replay.put_back, replay.removed) == (1, 1)
    with house.cafe.scope():
        assert Hold.objects.get().held is not None


def test_who_has_ended_their_account_since_set_nothing_by_name(house):
    anna = house.meet("Anna")
    with house.cafe.scope():
        hold = set_hold(
            anna.pk,
            ground=Hold.Ground.DEFENDING,
            reason="Unpaid order",
            ends_on=TODAY() + timedelta(days=90),
            set_by_id=new_id(),
        )
        Hold.objects.filter(pk=hold.pk).delete()
    KnownWord.objects.all().delete()

    replay_erasures()

    assert as_it_is(house, hold)["set_by_id"] is None
    assert User.objects.filter(pk=house.cafe.owner.pk).exists()


def test_the_words_of_a_business_that_is_not_here_are_only_noted(house):
    anna = house.meet("Anna")
    held(house, anna)
    with psycopg.connect(house.database.owner_url) as owner:
        owner.execute("DELETE FROM erasure_knownword")
    (name,) = words.unknown()
    word = words.read(name)
    lying = outside.get(name)
    assert lying
    with house.cafe.scope():
        elsewhere = Hold(pk=new_id(), tenant_id=new_id())
        words.say("hold", elsewhere, person=anna, facts=word.facts)
    KnownWord.objects.all().delete()

    assert replay_erasures() is None

    assert words.unknown() == []
    with house.cafe.scope():
        assert [hold.pk for hold in Hold.objects.all()] == [word.of]


def renumbered(house: House, someone: Subscriber) -> Any:
    """As where the backup is of a time when the same person had another row, with nothing on it."""
    with house.cafe.scope():
        Restriction.objects.all().delete()
        Hold.objects.all().delete()
        first_seen = someone.first_seen_at
        Message.objects.filter(subscriber=someone).delete()
        Subscriber.objects.filter(pk=someone.pk).delete()
    KnownWord.objects.all().delete()
    other = house.meet("Anna")
    with house.cafe.scope():
        Subscriber.objects.filter(pk=other.pk).update(first_seen_at=first_seen)
    assert tombstones.unknown() == []
    return other.pk
