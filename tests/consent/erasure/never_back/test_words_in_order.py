"""Of what was ordered about somebody, the last counts, whatever became known first."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from consent.erasure.errors import ReplayIncompleteError
from consent.erasure.holds.holding import extend_hold, release_hold, set_hold
from consent.erasure.holds.models import Hold
from consent.erasure.never_back import words
from consent.erasure.never_back.models import KnownWord, Replay
from consent.erasure.never_back.putting_back import put_back
from consent.erasure.never_back.replaying import replay_erasures
from tests.consent.erasure.never_back.test_words import forget, key, lying


@pytest.fixture
def held(cafe: Any, person: Any, commit: Any) -> Hold:
    with commit(), cafe.scope():
        return set_hold(
            person.subscriber.pk,
            ground=Hold.Ground.DEFENDING,
            reason="Unpaid order",
            ends_on=timezone.localdate() + timedelta(days=90),
            set_by_id=cafe.owner.pk,
        )


def test_nothing_is_put_back_while_an_older_word_cannot_be_read(cafe, held, commit, settings):
    """Else the older one, read later, would set anew what was released since."""
    (old,) = settings.TOMBSTONE_KEY
    settings.TOMBSTONE_KEY = [key()]
    with commit(), cafe.scope():
        extend_hold(held, ends_on=held.ends_on + timedelta(days=9), reason="An appeal.")
        Hold.objects.all().delete()
    forget()

    with pytest.raises(ReplayIncompleteError) as error:
        replay_erasures()

    assert [fault.name for fault in error.value.faults] == lying()[:1]
    assert not KnownWord.objects.exists()
    with cafe.scope():
        assert not Hold.objects.exists()

    settings.TOMBSTONE_KEY = [*settings.TOMBSTONE_KEY, old]
    replay_erasures()
    with cafe.scope():
        assert Hold.objects.get().ends_on == held.ends_on + timedelta(days=9)


def test_what_was_released_stays_so_when_the_older_key_is_back(cafe, held, commit, settings):
    (old,) = settings.TOMBSTONE_KEY
    settings.TOMBSTONE_KEY = [key()]
    with commit(), cafe.scope():
        release_hold(held)
    forget()
    with pytest.raises(ReplayIncompleteError):
        replay_erasures()

    settings.TOMBSTONE_KEY = [*settings.TOMBSTONE_KEY, old]
    replay_erasures()

    with cafe.scope():
        assert not Hold.objects.exists()


def test_what_is_released_while_another_process_starts_is_not_held_again(cafe, held, commit):
    """It had read which words are known before the hold was set, and the store after it."""
    found = [words.read(name) for name in lying()]
    with commit(), cafe.scope():
        release_hold(held)

    put_back(cafe.tenant.pk, found, [])

    with cafe.scope():
        assert not Hold.objects.exists()
    assert not Replay.objects.exists()


def test_what_is_extended_while_another_process_starts_is_not_made_shorter(cafe, held, commit):
    found = [words.read(name) for name in lying()]
    forget()
    longer = held.ends_on + timedelta(days=9)
    with commit(), cafe.scope():
        extend_hold(held, ends_on=longer, reason="An appeal.")

    put_back(cafe.tenant.pk, found, [])

    with cafe.scope():
        assert Hold.objects.get().ends_on == longer
    assert {word.name for word in found} < set(KnownWord.objects.values_list("name", flat=True))
