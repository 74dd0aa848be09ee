"""Of what was ordered about somebody, the last counts, whatever became known first."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from consent.erasure.errors import ReplayIncompleteError
from consent.erasure.holds.holding import extend_hold, release_hold, set_hold
from consent.erasure.holds.models import Hold
from consent.erasure.never_back.models import KnownWord
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
