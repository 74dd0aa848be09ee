"""A release that said nothing outside has set holds and restrictions: the next one says them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from chatbo.foundation import outside
from consent.erasure.holds.holding import set_hold
from consent.erasure.holds.models import Hold
from consent.erasure.never_back import words
from consent.erasure.never_back.models import KnownWord
from consent.erasure.never_back.replaying import replay_erasures
from consent.erasure.tasks import drop_tombstones
from consent.rights.models import Restriction
from consent.rights.restricting import restrict
from tests.consent.erasure.never_back.test_words import confirmed, forget, lying


@pytest.fixture
def ordered(cafe: Any, person: Any) -> None:
    """As by a release that laid nothing outside."""
    with cafe.scope():
        set_hold(
            person.subscriber.pk,
            ground=Hold.Ground.DEFENDING,
            reason="Unpaid order",
            ends_on=timezone.localdate() + timedelta(days=90),
            set_by_id=cafe.owner.pk,
        )
        restrict(person.subscriber, ground=Restriction.Ground.CLAIMS, by=cafe.owner)
    for name in lying():
        outside.drop(name)
    KnownWord.objects.all().delete()


def test_a_word_is_said_once_of_each_and_tells_a_restored_database(cafe, ordered, commit):
    for _ in range(2):
        with commit():
            drop_tombstones()
        assert sorted(words.read(name).kind for name in lying()) == ["hold", "restriction"]
    assert len(confirmed()) == 2

    forget()
    with cafe.scope():
        Hold.objects.all().delete()
        Restriction.objects.all().delete()
    replay_erasures()
    with cafe.scope():
        assert Hold.objects.get().reason == "Unpaid order"
        assert Restriction.objects.get().state == "in_force"


def test_nothing_is_said_of_what_every_backup_has_itself(ordered, commit, settings):
    later = timezone.now() + timedelta(days=settings.BACKUP_DAYS, minutes=1)
    with time_machine.travel(later), commit():
        drop_tombstones()

    assert lying() == []


def test_nothing_is_said_of_whom_nobody_is_left(cafe, ordered, commit):
    """What is held of them has no way back into a database that does not have it."""
    with cafe.scope():
        Restriction.objects.all().delete()
        Hold.objects.update(subscriber_id=None)

    with commit():
        drop_tombstones()

    assert lying() == []
