"""Deleting many: all of the selected, nobody else, however often and wherever it is interrupted."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.utils import timezone

from chatbo.conversation.models import IncomingEvent
from chatbo.foundation import outside
from chatbo.foundation.isolation import tenant_scope
from consent.erasure import bulk
from consent.erasure.errors import NobodySelectedError
from consent.erasure.models import Erasure, KnownTombstone
from consent.erasure.never_back import tombstones
from consent.erasure.person_exports.asking import ask_for_own_data
from consent.erasure.person_exports.models import PersonExport
from consent.erasure.requests import request_erasure, request_erasure_of_many
from consent.erasure.selecting import all_of, these
from consent.erasure.tasks import carry_out, carry_out_many
from consent.ledger.models import ConsentIdentity, ConsentRecord
from tenants.bots.models import Message, Subscriber

from .crowds import channel_of_bot, crowd, someone
from .test_deletion import places_that_name

Origin, State = Erasure.Origin, Erasure.State


def erase(business, selection, *, origin=Origin.TENANT) -> Erasure:
    with business.scope():
        return request_erasure_of_many(selection, origin=origin, language="de")


def carried_out(erasure: Erasure) -> Erasure:
    carry_out_many(str(erasure.tenant_id), str(erasure.pk))
    with tenant_scope(erasure.tenant_id):
        return Erasure.objects.get(pk=erasure.pk)


@pytest.fixture
def guests(cafe, queue):
    with cafe.scope():
        return crowd(channel_of_bot("Frieda"), 25)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(bulk, "SMALLEST", 4)
    monkeypatch.setattr(bulk, "LARGEST", 7)


def test_everything_on_the_chosen_goes_from_every_column(cafe, guests):
    chosen, others = guests[:11], guests[11:]
    needles = {text for each in chosen for text in (str(each.pk), each.external_index)}
    needles |= {f'"{each.external_id}"' for each in chosen}
    assert "bots.Subscriber.external_index" in places_that_name(*needles)

    done = carried_out(erase(cafe, these(each.pk for each in chosen)))

    assert places_that_name(*needles, *(each.external_id for each in chosen[2:9])) == set()
    with cafe.scope():
        assert set(Subscriber.objects.all()) == set(others)
        assert Message.objects.count() == len(others)
    assert (done.state, done.done, done.total) == (State.DONE, 11, 11)
    assert done.counts == {
        "bots.Message": 11,
        "bots.Subscriber": 11,
        "ledger.ConsentIdentity": 11,
    }


def test_of_the_whole_business_everybody_goes_and_none_of_the_neighbours(cafe, dentist, guests):
    with dentist.scope():
        theirs = crowd(channel_of_bot("Linde"), 5)

    carried_out(erase(cafe, all_of(until=timezone.now())))

    with cafe.scope():
        assert not Subscriber.objects.exists()
    with dentist.scope():
        assert list(Subscriber.objects.order_by("pk")) == theirs
        assert Message.objects.count() == ConsentIdentity.objects.count() == 5
        assert IncomingEvent.objects.exclude(payload="").count() == 5


def test_numbers_of_the_neighbours_people_select_nobody(cafe, dentist, guests):
    with dentist.scope():
        theirs = crowd(channel_of_bot("Linde"), 2)

    with pytest.raises(NobodySelectedError):
        erase(cafe, these(each.pk for each in theirs))
    carried_out(erase(cafe, these([theirs[0].pk, guests[0].pk])))

    with dentist.scope():
        assert Subscriber.objects.count() == 2
    with cafe.scope():
        assert Subscriber.objects.count() == 24


def test_what_they_agreed_to_is_withdrawn_and_the_proof_names_nobody(cafe, guests):
    done = carried_out(erase(cafe, all_of(until=timezone.now())))

    with cafe.scope():
        said = list(ConsentRecord.objects.values_list("decision", flat=True))
        assert said.count("granted") == said.count("withdrawn") == 25
        assert {each.way for each in ConsentRecord.objects.filter(decision="withdrawn")} == {
            ConsentRecord.Way.ERASURE
        }
        assert not ConsentIdentity.objects.exists()
    assert done.kept == {"ledger.ConsentRecord": 50}


def test_each_person_has_one_tombstone_that_the_database_knows(cafe, guests):
    carried_out(erase(cafe, all_of(until=timezone.now())))

    names = list(outside.names(tombstones.FOLDER))
    stones = [stone.subject for name in names for stone in tombstones.read(name).stones]
    assert sorted(stones) == sorted(each.pk for each in guests)
    assert len(names) > 2
    assert set(names) <= set(KnownTombstone.objects.values_list("name", flat=True))


def test_where_tombstones_cannot_be_put_up_nobody_is_deleted(cafe, guests, monkeypatch):
    erasure = erase(cafe, all_of(until=timezone.now()))

    def away(*args):
        raise OSError("away")

    monkeypatch.setattr(outside, "put", away)
    with pytest.raises(OSError, match="away"):
        carried_out(erasure)

    with cafe.scope():
        assert Subscriber.objects.count() == 25
        left = Erasure.objects.get()
    assert (left.state, left.done, left.last_error) == (State.REQUESTED, 0, "OSError")
    assert left.lease_until is None, "the sweep takes it up again"


def test_a_batch_that_fails_takes_nothing_back_and_is_done_by_the_next(cafe, guests, monkeypatch):
    erasure = erase(cafe, all_of(until=timezone.now()))
    delete, calls = bulk.delete_rows, []

    def fail_the_third(*args, **more):
        calls.append(1)
        if len(calls) == 3:
            delete(*args, **more)
            raise OperationalError
        return delete(*args, **more)

    monkeypatch.setattr(bulk, "delete_rows", fail_the_third)
    with pytest.raises(OperationalError):
        carried_out(erasure)
    with cafe.scope():
        left = Erasure.objects.get()
        remaining = Subscriber.objects.count()
    assert 0 < left.done == 25 - remaining
    assert left.counts["bots.Subscriber"] == left.done

    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        done = carried_out(erasure)

    assert (done.state, done.done) == (State.DONE, 25)
    assert done.counts["bots.Message"] == 25


def test_who_was_in_a_failed_batch_and_stayed_has_no_tombstone(cafe, guests, monkeypatch):
    """After a restore of a backup that does not know the job, they would go."""
    erasure = erase(cafe, all_of(until=timezone.now()))
    delete, tried = bulk.delete_rows, []

    def fail_at_first(people, *args, **more):
        tried.extend(people)
        delete(people, *args, **more)
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(bulk, "delete_rows", fail_at_first)
        with pytest.raises(OperationalError):
            carried_out(erasure)
    stays = tried[0]
    with cafe.scope():
        Subscriber.objects.filter(pk=stays.pk).update(restricted_at=timezone.now())

    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        done = carried_out(erasure)

    assert done.state == State.DONE
    with cafe.scope():
        assert [each.pk for each in Subscriber.objects.all()] == [stays.pk]
    names = list(outside.names(tombstones.FOLDER))
    stones = {stone.subject for name in names for stone in tombstones.read(name).stones}
    assert stones == {each.pk for each in guests} - {stays.pk}
    assert tombstones.unknown() == []


def test_it_renews_its_lease_with_every_batch(cafe, guests, monkeypatch):
    erasure = erase(cafe, all_of(until=timezone.now()))
    delete, leases = bulk.delete_rows, []
    began = timezone.now()

    with time_machine.travel(began, tick=False) as clock:

        def slowly(people, *args, **more):
            leases.append(Erasure.objects.get(pk=erasure.pk).lease_until)
            assert not Erasure.objects.due().exists(), "it would be handed to another"
            clock.shift(Erasure.LEASE / 2)
            return delete(people, *args, **more)

        monkeypatch.setattr(bulk, "delete_rows", slowly)
        carried_out(erasure)

    assert len(leases) > 3
    assert leases == sorted(set(leases))


def test_who_asked_themselves_is_left_to_their_own_erasure_and_told(cafe, person, platforms, queue):
    with cafe.scope():
        own = request_erasure(person.subscriber, origin=Origin.BOT)
        someone(person.channel, "somebody-else")

    carried_out(erase(cafe, all_of(until=timezone.now())))

    with cafe.scope():
        assert list(Subscriber.objects.all()) == [person.subscriber]
    carry_out(str(cafe.tenant.pk), str(own.pk))
    with cafe.scope():
        own.refresh_from_db()
        assert (own.state, own.counts["bots.Subscriber"]) == (State.TOLD, 1)
        assert not Subscriber.objects.exists()


def test_who_asks_in_the_moment_of_the_batch_is_told_as_well(cafe, guests, monkeypatch):
    erasure = erase(cafe, all_of(until=timezone.now()))
    selected, asked = bulk.selected, []

    def just_before(selection):
        people = selected(selection)
        if not asked:
            asked.append(guests[0])
            found = list(people.values_list("pk", flat=True))
            request_erasure(guests[0], origin=Origin.BOT)
            return Subscriber.objects.filter(pk__in=found).order_by("pk")
        return people

    monkeypatch.setattr(bulk, "selected", just_before)
    done = carried_out(erasure)

    with cafe.scope():
        assert list(Subscriber.objects.all()) == asked
    assert (done.done, done.total, done.state) == (24, 24, State.DONE)


def test_who_comes_after_everybody_was_selected_stays(cafe, guests):
    erasure = erase(cafe, all_of(until=timezone.now()))
    with cafe.scope():
        late = someone(guests[0].channel, "came-later")

    done = carried_out(erasure)

    with cafe.scope():
        assert list(Subscriber.objects.all()) == [late]
    assert done.state == State.DONE


def test_everybody_of_one_bot_leaves_the_other_bots_people_alone(cafe, guests):
    with cafe.scope():
        others = crowd(channel_of_bot("Otto"), 3)
        bot = guests[0].channel.bot

    carried_out(erase(cafe, all_of(bot, until=timezone.now())))

    with cafe.scope():
        assert list(Subscriber.objects.order_by("pk")) == others


def test_asked_twice_is_asked_once(cafe, guests, queue, commit):
    with commit():
        first = erase(cafe, all_of(until=timezone.now()))
        again = erase(cafe, all_of(until=timezone.now()))
        some = erase(cafe, these([guests[0].pk, guests[1].pk]))
        same = erase(cafe, these([guests[1].pk, guests[0].pk, guests[1].pk]))
        others = erase(cafe, these([guests[2].pk]))

    assert (first, some) == (again, same)
    assert len({first.pk, some.pk, others.pk}) == 3
    assert [name for name, *_ids in queue] == ["erasure.carry_out_many"] * 3
    assert carried_out(some).done == 2
    done = carried_out(first)
    assert (done.done, done.total) == (23, 23), "each is counted once, by whoever was first"
    assert carried_out(others).done == 0


def test_done_is_done_and_a_new_wish_is_a_new_job(cafe, guests):
    first = carried_out(erase(cafe, these([guests[0].pk])))
    assert carried_out(first).attempts == first.attempts == 1

    with cafe.scope():
        someone(guests[0].channel, guests[0].external_id)
    carried_out(erase(cafe, all_of(until=timezone.now())))

    with cafe.scope():
        assert Erasure.objects.count() == 2
        assert not Subscriber.objects.exists()


def test_nobody_selected_makes_no_job(cafe, queue):
    with pytest.raises(NobodySelectedError):
        erase(cafe, all_of(until=timezone.now()))
    with pytest.raises(NobodySelectedError):
        erase(cafe, these([]))

    with cafe.scope():
        assert not Erasure.objects.exists()


def test_afterwards_the_job_holds_no_number_of_anybody(cafe, guests):
    done = carried_out(erase(cafe, these(each.pk for each in guests[:3])))

    assert done.selection == {"chosen": 3}
    with cafe.scope():
        assert done.certificate is not None
        kept = json.dumps([done.certificate, done.counts, done.kept, done.files])
    assert not [each for each in guests if str(each.pk) in kept]
    assert done.certificate["said"]["people"] == 3


def test_the_sweep_hands_a_job_of_many_to_where_bulk_work_waits(cafe, guests, queue, commit):
    erasure = erase(cafe, all_of(until=timezone.now()))
    queue.clear()

    with commit():
        carry_out(str(cafe.tenant.pk), str(erasure.pk))

    assert queue == [("erasure.carry_out_many", str(cafe.tenant.pk), str(erasure.pk))]


@pytest.fixture
def files(cafe, guests) -> list[str]:
    """A copy of their data that each of six people asked for, on the disk."""
    names = []
    with cafe.scope():
        for number, who in enumerate(guests[:6]):
            export = ask_for_own_data(who)
            place = f"tenants/{cafe.tenant.pk}/copy-{number}"
            name = default_storage.save(place, ContentFile(b"all of it"))
            PersonExport.objects.filter(pk=export.pk).update(file=name)
            names.append(name)
    return names


def test_their_files_go_and_the_job_remembers_none(cafe, guests, files):
    done = carried_out(erase(cafe, these(each.pk for each in guests[:5])))

    with cafe.scope():
        assert [default_storage.exists(name) for name in files] == [False] * 5 + [True]
    assert (done.files, done.counts["erasure.PersonExport"]) == ([], 5)


def test_a_file_goes_with_the_batch_after_and_is_never_forgotten(cafe, guests, files, monkeypatch):
    erasure = erase(cafe, these(each.pk for each in guests))
    put, left = default_storage.delete, []

    def away(name):
        with cafe.scope():
            left.append(len(Erasure.objects.get().files))
        if len(left) == 2:
            raise OSError("away")
        put(name)

    monkeypatch.setattr(default_storage, "delete", away)
    with pytest.raises(OSError, match="away"):
        carried_out(erasure)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        done = carried_out(erasure)

    with cafe.scope():
        assert not any(default_storage.exists(name) for name in files)
    assert max(left) <= 6 < done.done == 25
    assert done.files == []
