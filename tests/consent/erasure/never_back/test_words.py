"""What was ordered about people is said outside the database, sealed, and counts once committed."""

import base64
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chatbo.foundation import outside
from consent.erasure.errors import (
    OutsideStoreAwayError,
    UnknownTombstoneKeyError,
    UnreadableTombstonesError,
)
from consent.erasure.holds.holding import extend_hold, release_hold, set_hold
from consent.erasure.holds.models import Hold
from consent.erasure.models import KnownTombstone
from consent.erasure.never_back import tombstones, words
from consent.erasure.never_back.models import KnownWord
from consent.erasure.tasks import drop_tombstones

REASON = "MARKER-reason of the claim"


@pytest.fixture
def held(cafe: Any, person: Any, commit: Any) -> Hold:
    with commit(), cafe.scope():
        return set_hold(
            person.subscriber.pk,
            ground=Hold.Ground.DEFENDING,
            reason=REASON,
            ends_on=timezone.localdate() + timedelta(days=90),
            set_by_id=cafe.owner.pk,
        )


def lying() -> list[str]:
    return [name for name in outside.names(words.FOLDER) if not name.endswith(words.CONFIRMED)]


def confirmed() -> list[str]:
    return [name for name in outside.names(words.FOLDER) if name.endswith(words.CONFIRMED)]


def forget() -> None:
    """As a database that is older than what lies outside."""
    KnownWord.objects.all().delete()


def key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def place_of(name: str) -> Path:
    return Path(settings.OUTSIDE_STORE_URL.removeprefix("file://"), name)


def test_a_word_says_what_is_held_of_whom_and_names_nobody_to_whoever_has_the_store(
    cafe, person, held
):
    (name,) = lying()
    text = outside.get(name) or ""
    for told in (REASON, str(person.subscriber.pk), person.address, str(cafe.tenant.pk), "defend"):
        assert told not in text

    word = words.read(name)

    assert (word.kind, word.of, word.tenant) == ("hold", held.pk, cafe.tenant.pk)
    assert word.person.subject == person.subscriber.pk
    digests = tombstones.digests_of(person.subscriber, [word.key])
    assert [word.person.digest] == list(digests.values())
    assert word.facts["reason"] == REASON
    assert word.facts["ends_on"] == held.ends_on.isoformat()


def test_it_lies_there_before_the_commit_and_is_noted_with_it(cafe, person, held, commit):
    seen = []
    with commit(), cafe.scope():
        extend_hold(held, ends_on=held.ends_on + timedelta(days=9), reason="The court is slow.")
        seen = [len(lying()), len(confirmed())]

    assert seen == [2, 1]
    assert (len(lying()), len(confirmed())) == (2, 2)
    assert sorted(KnownWord.objects.values_list("name", flat=True)) == lying()
    assert words.unknown() == []


def test_a_word_whose_transaction_failed_says_nothing(cafe, held):
    with cafe.scope():
        with transaction.atomic():
            release_hold(held)
            transaction.set_rollback(True)
        assert Hold.objects.filter(pk=held.pk).exists()

    assert len(lying()) == 2
    assert words.unknown() == []
    words.confirm_known()
    assert len(confirmed()) == 1


def test_with_the_outside_store_away_nothing_is_ordered(cafe, held, settings, tmp_path):
    (tmp_path / "file").write_text("no folder")
    settings.OUTSIDE_STORE_URL = (tmp_path / "file" / "outside").as_uri()

    with cafe.scope():
        with pytest.raises(NotADirectoryError):
            release_hold(held)
        assert Hold.objects.filter(pk=held.pk).exists()


def test_what_was_committed_by_a_process_that_died_is_confirmed_later(cafe, held):
    with cafe.scope():
        release_hold(held)  # Nothing that waits for the commit is run in this test.
    assert len(confirmed()) == 1

    drop_tombstones()

    assert len(confirmed()) == 2
    forget()
    assert words.unknown() == lying()


def test_with_the_store_away_after_the_commit_what_was_ordered_is_in_force(
    cafe, held, monkeypatch, django_capture_on_commit_callbacks
):
    def away(*args):
        raise OSError("away")

    def away_for_confirmations(name, content):
        return away() if name.endswith(words.CONFIRMED) else put(name, content)

    put = outside.put
    with cafe.scope(), monkeypatch.context() as broken:
        broken.setattr(outside, "put", away_for_confirmations)
        with django_capture_on_commit_callbacks(execute=True):
            release_hold(held)  # Nobody sees an error page of what is in force.
        assert not Hold.objects.filter(pk=held.pk).exists()
    assert len(confirmed()) == 1

    drop_tombstones()

    assert len(confirmed()) == 2


def test_it_goes_when_every_backup_has_the_row_itself(held):
    with time_machine.travel(timezone.now() + timedelta(days=settings.BACKUP_DAYS, minutes=-1)):
        drop_tombstones()
        assert len(lying()) == len(confirmed()) == 1
    with time_machine.travel(timezone.now() + timedelta(days=settings.BACKUP_DAYS, minutes=1)):
        drop_tombstones()

    assert lying() == confirmed() == []
    assert not KnownWord.objects.exists()


def test_what_never_came_true_goes_after_a_day(cafe, held):
    with cafe.scope(), transaction.atomic():
        release_hold(held)
        transaction.set_rollback(True)
    assert len(lying()) == 2

    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        drop_tombstones()
        assert len(lying()) == 2
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        drop_tombstones()

    assert len(lying()) == len(confirmed()) == 1


def test_what_cannot_be_dropped_holds_up_nothing_else(cafe, person, held):
    tombstone = tombstones.name_of(held.pk)
    place_of(tombstone).mkdir(parents=True)  # No file, and so nothing that could be dropped.
    tombstones.note([tombstone])
    long_ago = timezone.now() - timedelta(days=settings.BACKUP_DAYS + 1)
    KnownTombstone.objects.update(noted_at=long_ago)
    KnownWord.objects.update(noted_at=long_ago)
    with cafe.scope():
        release_hold(held)  # Nothing that waits for the commit is run in this test.

    drop_tombstones()

    assert [name + words.CONFIRMED for name in lying()] == confirmed() != []
    assert lying() == list(KnownWord.objects.values_list("name", flat=True))


def test_what_the_database_has_forgotten_never_goes(held):
    forget()

    with time_machine.travel(timezone.now() + timedelta(days=9999)):
        drop_tombstones()

    assert words.unknown() == lying() != []


def test_a_store_that_is_away_is_not_taken_for_an_empty_one(held, settings, tmp_path):
    settings.OUTSIDE_STORE_URL = (tmp_path / "empty").as_uri()

    with pytest.raises(OutsideStoreAwayError):
        words.unknown()


def test_an_older_key_reads_it_as_long_as_it_is_in_the_ring(held, settings):
    (name,) = lying()
    old = tombstones.key_ids()[0]
    settings.TOMBSTONE_KEY = [key(), *settings.TOMBSTONE_KEY]
    assert words.read(name).key == old
    assert list(words.keys_needed()) == [old]

    settings.TOMBSTONE_KEY = settings.TOMBSTONE_KEY[:1]

    with pytest.raises(UnknownTombstoneKeyError):
        words.read(name)


def test_what_was_put_under_another_field_key_is_read_all_the_same(held, settings):
    """Keys of fields leave their ring after thirty days; a word may have to be read later."""
    settings.FIELD_KEYS = [key()]

    assert words.read(lying()[0]).facts["reason"] == REASON


def test_what_is_damaged_forged_or_moved_is_not_believed(held):
    (name,) = lying()
    place, beside = place_of(name), place_of(name + words.CONFIRMED)
    genuine, confirmation = place.read_text(), beside.read_text()
    moved = f"{name[:-32]}{'0' * 32}"
    outside.put(moved, genuine)
    outside.put(moved + words.CONFIRMED, confirmation)
    with pytest.raises(UnreadableTombstonesError):
        words.read(moved)
    for text, said in (
        (genuine[:-30], confirmation),
        (genuine.replace('sealed": "gAAAA', 'sealed": "gBAAA'), confirmation),
        ("[]", confirmation),
        ("", confirmation),
        ("[" * 100_000, confirmation),
        (genuine, "0" * 64),
        (genuine, ""),
    ):
        place.write_text(text)
        beside.write_text(said)
        with pytest.raises(UnreadableTombstonesError):
            words.read(name)

    place.write_text(genuine)
    beside.write_text(confirmation)
    words.read(name)
