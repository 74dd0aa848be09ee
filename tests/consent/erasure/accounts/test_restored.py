"""A restored backup does not bring an ended account back; who signed up again later stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatbo.foundation import outside
from chatbo.foundation.isolation.ids import new_id
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.models import KnownTombstone
from consent.erasure.never_back import tombstones
from consent.erasure.never_back.models import Replay
from consent.erasure.never_back.replaying import replay_erasures
from tenants.accounts.models import Membership, User
from tests.consent.erasure.test_deletion import places_that_name

from .conftest import ADDRESS, Leaver, carried_out, send_outbox, withdrawn_in
from .test_carrying_out import BY_NUMBER_IN_THE_LOG


def forgotten(user: User) -> str:
    """Ended once, by a job of which this database knows nothing."""
    name = tombstones.name_of(new_id())
    tombstones.put_up_for_account(name, user)
    return name


def test_the_account_ends_again_with_all_that_is_stored_on_it(leaver: Leaver) -> None:
    name = forgotten(leaver.user)

    replay = replay_erasures()

    send_outbox()
    assert replay is not None
    assert (replay.entries, replay.removed) == (1, 1)
    assert places_that_name(*leaver.needles) <= BY_NUMBER_IN_THE_LOG
    assert withdrawn_in(leaver.cafe) == withdrawn_in(leaver.dentist) == 1
    assert KnownTombstone.objects.filter(name=name).exists()
    assert replay_erasures() is None


def test_under_another_number_the_address_tells(leaver: Leaver) -> None:
    other = User(pk=new_id(), email=ADDRESS.upper())
    forgotten(other)

    replay_erasures()

    assert not User.objects.filter(pk=leaver.user.pk).exists()


def test_who_signed_up_again_later_stays(leaver: Leaver) -> None:
    forgotten(User(pk=new_id(), email=ADDRESS))
    User.objects.filter(pk=leaver.user.pk).update(joined_at=timezone.now() + timedelta(minutes=1))

    replay_erasures()

    assert User.objects.filter(pk=leaver.user.pk).exists()
    assert Replay.objects.get().removed == 0
    with leaver.cafe.scope():
        assert Membership.objects.filter(user=leaver.user).exists()


def test_one_whose_job_is_here_is_left_to_it(leaver: Leaver, ending: AccountEnding) -> None:
    tombstones.put_up_for_account(tombstones.name_of(ending.pk), leaver.user)

    assert replay_erasures() is None
    assert User.objects.filter(pk=leaver.user.pk).exists()

    carried_out(ending)
    assert replay_erasures() is None, "its job has noted it"
    assert not User.objects.filter(pk=leaver.user.pk).exists()


def test_the_tombstone_is_there_before_anything_is_deleted(
    leaver: Leaver, ending: AccountEnding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(name: str, content: str) -> None:
        raise OSError("away")

    with monkeypatch.context() as patch:
        patch.setattr(outside, "put", away)
        with pytest.raises(OSError, match="away"):
            carried_out(ending)
    assert User.objects.filter(pk=leaver.user.pk).exists()
    assert withdrawn_in(leaver.cafe) == 0

    carried_out(ending)
    entry = tombstones.read(tombstones.name_of(ending.pk))
    assert entry.tenant is None
    assert entry.stones[0].subject == leaver.user.pk
    said = outside.get(entry.name) or ""
    assert ADDRESS not in said
