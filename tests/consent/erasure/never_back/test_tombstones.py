"""Who was erased is kept outside the database, before the deletion, and names nobody."""

import base64
import secrets
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from chatbo.foundation import outside
from consent.erasure import tasks
from consent.erasure.errors import UnknownTombstoneKeyError, UnreadableTombstonesError
from consent.erasure.models import Erasure, KnownTombstone
from consent.erasure.never_back import tombstones
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import carry_out, drop_tombstones
from tenants.bots.models import Subscriber, subscriber_index


@pytest.fixture
def erasure(cafe, person):
    with cafe.scope():
        return request_erasure(person.subscriber, origin=Erasure.Origin.BOT)


def carry_out_now(erasure):
    carry_out(str(erasure.tenant_id), str(erasure.pk))


def lying_outside():
    return list(outside.names(tombstones.FOLDER))


def key():
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def test_it_is_put_up_before_anybody_is_deleted(cafe, person, erasure, monkeypatch):
    seen = []

    def look(*args, **kwargs):
        with cafe.scope():
            seen.append((Subscriber.objects.exists(), len(lying_outside())))
        raise BrokenPipeError

    monkeypatch.setattr(tasks, "delete_subject", look)
    with pytest.raises(BrokenPipeError):
        carry_out_now(erasure)

    assert seen == [(True, 1)]


def test_with_the_outside_store_away_nobody_is_deleted_and_the_job_is_tried_again(
    cafe, person, erasure, settings, tmp_path, outside_store
):
    (tmp_path / "file").write_text("no folder")
    settings.OUTSIDE_STORE_URL = (tmp_path / "file" / "outside").as_uri()

    with pytest.raises(NotADirectoryError):
        carry_out_now(erasure)

    with cafe.scope():
        assert Subscriber.objects.exists()
        waiting = Erasure.objects.get()
        assert (waiting.state, waiting.lease_until) == (Erasure.State.REQUESTED, None)
        assert waiting.last_error == "NotADirectoryError"
        assert waiting.not_before > timezone.now()

    settings.OUTSIDE_STORE_URL = outside_store.as_uri()
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        carry_out_now(erasure)

    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_put_up_twice_is_put_up_once(cafe, person, erasure):
    name = tombstones.name_of(erasure.pk)
    with cafe.scope():
        tombstones.put_up(name, [person.subscriber])
        first = outside.get(name)
        with time_machine.travel(timezone.now() + timedelta(hours=1)):
            tombstones.put_up(name, [person.subscriber])

    assert outside.get(name) == first
    assert lying_outside() == [name]


def test_it_names_nobody_and_tells_who_it_was_all_the_same(cafe, person, erasure):
    carry_out_now(erasure)

    (name,) = lying_outside()
    text = outside.get(name) or ""
    assert person.address not in text
    assert person.subscriber.external_index not in text
    entry = tombstones.read(name)
    (stone,) = entry.stones
    assert (stone.subject, stone.channel) == (person.subscriber.pk, person.channel.pk)
    assert (entry.tenant, entry.erasure) == (cafe.tenant.pk, erasure.pk)
    assert [stone.digest] == list(tombstones.digests_of(person.subscriber, [entry.key]).values())


def test_on_another_channel_the_same_identifier_looks_different(cafe, person):
    with cafe.scope():
        other = Subscriber(channel_id=cafe.tenant.pk, external_id=person.address)
    keys = tombstones.key_ids()

    assert tombstones.digests_of(other, keys) != tombstones.digests_of(person.subscriber, keys)


def test_whose_identifier_no_key_opens_looks_like_nobody(cafe, person, erasure, settings):
    settings.FIELD_KEYS = [key()]
    with cafe.scope():
        unreadable = Subscriber.objects.get()
        tombstones.put_up(tombstones.name_of(erasure.pk), [unreadable])

        assert tombstones.digests_of(unreadable, tombstones.key_ids()) == {}
    (stone,) = tombstones.read(tombstones.name_of(erasure.pk)).stones
    assert (stone.subject, stone.digest) == (person.subscriber.pk, "")


def test_it_is_noted_with_the_deletion(cafe, person, erasure):
    carry_out_now(erasure)

    assert [known.name for known in KnownTombstone.objects.all()] == lying_outside()
    assert tombstones.unknown() == []


def test_a_deletion_that_fails_notes_nothing(cafe, person, erasure, monkeypatch):
    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("consent.erasure.deletion.record", fail)
    with pytest.raises(ZeroDivisionError):
        carry_out_now(erasure)

    assert tombstones.unknown() == lying_outside() != []
    assert not KnownTombstone.objects.exists()


def test_it_goes_when_no_backup_can_hold_the_person(cafe, person, erasure):
    carry_out_now(erasure)
    (name,) = lying_outside()

    with time_machine.travel(timezone.now() + timedelta(days=settings.BACKUP_DAYS, minutes=-1)):
        drop_tombstones()
        assert lying_outside() == [name]
    with time_machine.travel(timezone.now() + timedelta(days=settings.BACKUP_DAYS, minutes=1)):
        drop_tombstones()

    assert lying_outside() == []
    assert not KnownTombstone.objects.exists()


def test_it_stays_longer_once_backups_are_kept_longer(cafe, person, erasure, settings):
    carry_out_now(erasure)
    settings.BACKUP_DAYS = 90

    with time_machine.travel(timezone.now() + timedelta(days=80)):
        drop_tombstones()

    assert len(lying_outside()) == 1


def test_what_the_database_does_not_know_never_goes(cafe, person, erasure):
    with cafe.scope():
        tombstones.put_up(tombstones.name_of(erasure.pk), [person.subscriber])

    with time_machine.travel(timezone.now() + timedelta(days=9999)):
        drop_tombstones()

    assert lying_outside() == [tombstones.name_of(erasure.pk)]


def test_a_dropping_that_was_killed_goes_on(cafe, person, erasure):
    carry_out_now(erasure)
    outside.drop(lying_outside()[0])

    with time_machine.travel(timezone.now() + timedelta(days=9999)):
        drop_tombstones()

    assert not KnownTombstone.objects.exists()


def test_an_older_key_is_read_as_long_as_it_is_in_the_ring(cafe, person, erasure, settings):
    old = settings.TOMBSTONE_KEY[0]
    settings.TOMBSTONE_KEY = [old]
    carry_out_now(erasure)
    (name,) = lying_outside()

    settings.TOMBSTONE_KEY = [key(), old]
    newest, older = tombstones.key_ids()
    assert tombstones.read(name).key == older
    assert tombstones.keys_needed() == {older: 1}
    with cafe.scope():
        tombstones.put_up("tombstones/000000/" + "0" * 32, [person.subscriber])
    assert tombstones.keys_needed() == {older: 1, newest: 1}

    settings.TOMBSTONE_KEY = settings.TOMBSTONE_KEY[:1]
    with pytest.raises(UnknownTombstoneKeyError) as error:
        tombstones.read(name)
    assert (error.value.name, error.value.key_id) == (name, older)
    assert tombstones.keys_needed() == {older: 1, newest: 1}


def changed(text):
    """What somebody could lay there who has the store, but no key."""
    line, digest, _ = text.split("\n")
    yield "another person", line.replace('"stones": [["', '"stones": [["0'), digest
    yield "later", line.replace('"at": "20', '"at": "21'), digest
    yield "cut off", line[:-20], ""
    yield "only the line", line, ""
    yield "no digest of ours", line, "0" * 64
    yield "no JSON", "\x00\ufffd", digest
    yield "a list", "[]", digest
    yield "deep", "[" * 100_000, digest
    yield "nothing", "", ""
    yield (
        "a key that is none",
        line.replace('"key": "', '"key": ["').replace('", "at', '"], "at'),
        "",
    )


def refused(name):
    try:
        tombstones.read(name)
    except UnreadableTombstonesError:
        return True
    return False


def test_what_is_damaged_forged_or_half_written_is_not_believed(cafe, person, erasure):
    carry_out_now(erasure)
    (name,) = lying_outside()
    place = Path(settings.OUTSIDE_STORE_URL.removeprefix("file://"), name)
    genuine = place.read_text()

    for what, line, digest in changed(genuine):
        place.write_text(f"{line}\n{digest}\n")
        assert refused(name), what

    place.write_text(genuine)
    tombstones.read(name)


def test_a_genuine_entry_is_believed_under_its_own_name_alone(cafe, person, erasure):
    carry_out_now(erasure)
    (name,) = lying_outside()
    for other in (f"{name}.{'0' * 32}", "tombstones/readme"):
        outside.put(other, outside.get(name) or "")

        with pytest.raises(UnreadableTombstonesError):
            tombstones.read(other)


def test_who_takes_people_in_learns_who_was_erased_and_stayed_away(cafe, dentist, person, erasure):
    carry_out_now(erasure)
    asked = [person.address, "somebody-else", ""]
    with cafe.scope():
        assert tombstones.erased_and_not_seen_since(person.channel, asked) == {person.address}

        Subscriber.objects.create(
            channel=person.channel,
            external_id=person.address,
            external_index=subscriber_index(person.channel.pk, person.address),
        )
        assert tombstones.erased_and_not_seen_since(person.channel, asked) == set()


def test_whoever_takes_people_in_is_not_answered_while_an_entry_is_unread(cafe, person, erasure):
    carry_out_now(erasure)
    outside.put("tombstones/000000/readme", "?")

    with cafe.scope(), pytest.raises(UnreadableTombstonesError):
        tombstones.erased_and_not_seen_since(person.channel, [person.address])
