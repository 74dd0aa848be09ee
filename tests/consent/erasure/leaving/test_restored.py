"""A restored backup in which a business that has left is still there: it leaves again."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from chatbo.foundation import outside
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.mail.models import OutgoingMail
from consent.erasure.certificates.checking import check_certificate
from consent.erasure.leaving import carrying_out, repeating
from consent.erasure.leaving.asking import cancel_ending
from consent.erasure.leaving.errors import NotLeavingError
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.models import KnownTombstone
from consent.erasure.never_back import tombstones
from consent.erasure.never_back.models import Replay
from consent.erasure.never_back.replaying import replay_erasures
from tenants.accounts.models import Membership, PlatformRole, Tenant, User
from tenants.bots.models import Bot, Channel
from tests.conftest import Business

from .conftest import ask, carried_out, make_file, wake

pytestmark = pytest.mark.django_db(transaction=True)

State = TenantEnding.State
ASKED_AT = "2026-09-01T10:00:00+00:00"
FACTS = {"code": "leftcode", "choice": "return", "language": "de", "asked_at": ASKED_AT}


def forgotten(business: Business, *, is_told: bool = True) -> Any:
    """It left once, by a job of which this database knows nothing."""
    ending_id = new_id()
    tombstones.put_up_for_business(ending_id, business.tenant.pk, FACTS)
    if is_told:
        tombstones.put_up_that_all_is_done(ending_id, business.tenant.pk, FACTS)
    return ending_id


def job_of(business: Business) -> TenantEnding:
    with business.scope():
        return TenantEnding.objects.get()


def told(business: Business) -> int:
    with platform_scope("test"):
        mails = OutgoingMail.objects.filter(recipient_index=business.owner.mail_index)
        return sum("/erasure/business/" in mail.body for mail in mails)


@pytest.fixture
def house(cafe: Business, queue: Any) -> Business:
    with cafe.scope():
        bot = Bot.objects.create(name="Frieda", state=Bot.State.LIVE)
        Channel.objects.create(bot=bot, platform="telegram", external_id="4711", token="secret")
    return cafe


def test_before_anybody_is_served_it_is_locked_and_its_job_is_there(house: Business) -> None:
    ending_id = forgotten(house)

    replay = replay_erasures()

    assert replay is not None
    assert (replay.entries, replay.removed, replay.ended) == (2, 0, 1)
    job = job_of(house)
    assert (job.pk, job.state, job.code) == (ending_id, State.UNDER_WAY, "leftcode")
    with house.scope():
        assert Tenant.objects.closed().filter(pk=house.tenant.pk).exists()
        assert Bot.objects.get().state == Bot.State.PAUSED
        with pytest.raises(NotLeavingError):
            cancel_ending(house.tenant)
    assert replay_erasures() is None, "once"


def test_it_ends_wholly_without_a_second_grace_and_no_platform_is_left_twice(
    house: Business, dentist: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has the bot at the platform by now would lose it."""
    forgotten(house)
    monkeypatch.setattr(
        "consent.erasure.leaving.carrying_out.platforms.leave",
        lambda channel: pytest.fail("it was left the first time"),
    )
    replay_erasures()

    ending = carried_out(house)

    assert ending.state == State.DONE
    with house.scope():
        assert not Bot.objects.exists()
        assert not Membership.objects.exists()
        assert Tenant.objects.get().ended_at is not None
    with dentist.scope():
        assert Membership.objects.exists()
        assert not TenantEnding.objects.exists()
    assert replay_erasures() is None


def test_its_owners_link_leads_to_a_certificate_again_that_says_when_they_asked(
    house: Business, client: Client
) -> None:
    forgotten(house)
    replay_erasures()
    carried_out(house)

    file = client.get("/erasure/business/leftcode/certificate.json")

    certificate = check_certificate(file.content)
    assert certificate.requested_at == datetime.fromisoformat(ASKED_AT)
    assert certificate.choice == "return"
    assert "Café" not in json.dumps(json.loads(file.content))


@pytest.mark.parametrize("is_told", [True, False])
def test_its_members_are_told_once_where_it_is_known_that_they_were(
    house: Business, is_told: bool
) -> None:
    forgotten(house, is_told=is_told)
    replay_erasures()

    carried_out(house)

    assert told(house) == (0 if is_told else 1)


def test_one_that_is_ending_here_is_left_to_its_job_and_is_no_news(
    house: Business, grace_is_over: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(ending: TenantEnding) -> None:
        raise OSError("away")

    ask(house)
    make_file(house)
    grace_is_over(house)
    with monkeypatch.context() as patch:
        patch.setitem(carrying_out.STEPS, "proofs", away)
        with pytest.raises(OSError, match="away"):
            wake(house)
    assert "tombstone" in job_of(house).steps

    assert replay_erasures() is None
    assert not Replay.objects.exists()

    ending = carried_out(house)
    assert replay_erasures() is None, "its job has noted both"
    assert told(house) == 1
    names = set(tombstones.names_of_business(ending.pk))
    assert names <= set(outside.names(tombstones.FOLDER))
    assert names <= set(KnownTombstone.objects.values_list("name", flat=True))


def test_one_that_waits_in_the_copy_can_be_taken_back_no_more(
    house: Business, grace_is_over: Any
) -> None:
    waiting = ask(house)
    grace_is_over(house)
    facts = FACTS | {"code": waiting.code}
    tombstones.put_up_for_business(waiting.pk, house.tenant.pk, facts)

    replay = replay_erasures()

    assert replay is not None
    assert replay.ended == 1
    with house.scope(), pytest.raises(NotLeavingError):
        cancel_ending(house.tenant)
    assert carried_out(house).pk == waiting.pk
    assert told(house) == 1


def test_beside_another_wish_in_the_copy_it_ends_as_the_one_said_that_carried_it_out(
    house: Business, grace_is_over: Any, client: Client
) -> None:
    """That one was taken back after the copy was made."""
    other = ask(house, choice=TenantEnding.Choice.DELETION)
    grace_is_over(house)
    forgotten(house)

    replay_erasures()
    ending = carried_out(house)

    assert ending.pk == other.pk
    said = (ending.code, ending.choice, ending.language, ending.asked_by_id)
    assert said == ("leftcode", "return", "de", None)
    file = client.get("/erasure/business/leftcode/certificate.json")
    certificate = check_certificate(file.content)
    assert certificate.choice == "return"
    assert certificate.requested_at == datetime.fromisoformat(ASKED_AT)
    assert client.get(f"/erasure/business/{other.code}/").status_code == 404


def test_one_that_the_copy_does_not_have_is_only_noted(house: Business, cafe: Business) -> None:
    tombstones.put_up_for_business(new_id(), new_id(), FACTS)

    replay = replay_erasures()

    assert replay is not None
    assert (replay.entries, replay.ended) == (1, 0)
    with house.scope():
        assert not TenantEnding.objects.exists()


def test_stopped_half_way_nothing_is_noted_and_the_next_start_does_it(
    house: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten(house)

    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(repeating, "silence", killed)
        with pytest.raises(KeyboardInterrupt):
            replay_erasures()
    assert not KnownTombstone.objects.exists()
    with house.scope():
        assert not TenantEnding.objects.exists()

    replay = replay_erasures()

    assert replay is not None
    assert (replay.entries, replay.ended) == (2, 1)
    assert carried_out(house).state == State.DONE


def test_administrators_are_mailed_and_see_it(house: Business, client: Client) -> None:
    admin = User.objects.create_user(
        "admin@chatbo.example", name="Admin", platform_role=PlatformRole.ADMIN, language="de"
    )
    forgotten(house)

    replay_erasures()

    with platform_scope("test"):
        body = OutgoingMail.objects.get(recipient_index=admin.mail_index).body
    assert "1 Unternehmen, das gegangen war, stand wieder" in body
    assert "gelöscht worden war" not in body
    client.force_login(admin)
    assert "1 Unternehmen, das gegangen war, war zurück" in client.get("/platform/").text


def test_with_the_outside_store_away_nothing_of_it_is_deleted(
    house: Business, grace_is_over: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(house)
    make_file(house)
    grace_is_over(house)

    def away(name: str, content: str) -> None:
        raise OSError("away")

    with monkeypatch.context() as patch:
        patch.setattr(outside, "put", away)
        for _ in range(2):
            with pytest.raises(OSError, match="away"):
                wake(house)
    with house.scope():
        assert Bot.objects.exists()
        assert TenantEnding.objects.get().failed_at is not None

    assert carried_out(house).state == State.DONE


def test_while_it_can_be_taken_back_no_tombstone_is_up(house: Business) -> None:
    """Else a restore would end a business that stayed."""
    ask(house)
    wake(house)

    assert list(outside.names(tombstones.FOLDER)) == []


@pytest.mark.parametrize("is_replayed", [True, False])
def test_the_database_lets_no_grace_be_left_out_but_in_a_replay(
    house: Business, is_replayed: bool
) -> None:
    if is_replayed:
        Replay.under_way().count(entries=1, removed=0)

    def begin_at_once() -> None:
        with house.scope():
            TenantEnding.objects.create(
                state=State.UNDER_WAY,
                choice="return",
                language="de",
                ends_at=timezone.now() - timedelta(minutes=1),
            )

    if is_replayed:
        begin_at_once()
    else:
        with pytest.raises(IntegrityError, match="thirty days"):
            begin_at_once()
