"""A restored database brings nobody back: what it has forgotten is carried out again."""

import base64
import secrets
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from chatbo.foundation import outside
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.mail.models import OutgoingMail
from chatbo.foundation.turns import turn_of_its_own
from consent.erasure.errors import OutsideStoreAwayError, ReplayIncompleteError
from consent.erasure.models import Erasure, KnownTombstone
from consent.erasure.never_back import replaying, tombstones
from consent.erasure.never_back.models import Replay
from consent.erasure.never_back.replaying import replay_erasures
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import carry_out
from consent.ledger.models import ConsentIdentity, ConsentRecord
from tenants.accounts.models import PlatformRole, User
from tenants.bots.models import Bot, Channel, Message, Platform, Subscriber, subscriber_index
from tests.consent.conftest import MARKER
from tests.consent.erasure.test_deletion import places_that_name


def meet(business: Any, channel: Channel, identifier: str) -> Subscriber:
    with business.scope():
        return Subscriber.objects.create(
            channel=channel,
            external_id=identifier,
            external_index=subscriber_index(channel.pk, identifier),
        )


def forgotten(business: Any, *people: Subscriber, batch: bool = False) -> str:
    """Erased once, by a job of which this database knows nothing."""
    name = tombstones.name_of(new_id(), batch=new_id() if batch else None)
    with business.scope():
        tombstones.put_up(name, people)
    return name


def there(business: Any) -> set[Subscriber]:
    with business.scope():
        return set(Subscriber.objects.all())


def key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def place_of(name: str, settings: Any) -> Path:
    return Path(settings.OUTSIDE_STORE_URL.removeprefix("file://"), name)


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_user(
        "admin@chatbo.example", name="Admin", platform_role=PlatformRole.ADMIN
    )


def test_who_was_erased_goes_again_with_all_that_is_stored_on_them(cafe, person):
    subscriber = person.subscriber
    forgotten(cafe, subscriber)
    needles = (MARKER, person.address, str(subscriber.pk), subscriber.external_index)
    assert "bots.Message.text" in places_that_name(*needles)

    replay = replay_erasures()

    assert places_that_name(*needles) == set()
    assert (replay.entries, replay.removed, replay.tenants) == (1, 1, [str(cafe.tenant.pk)])


def test_everybody_else_stays(cafe, dentist, person):
    other = meet(cafe, person.channel, "somebody else")
    with dentist.scope():
        bot = Bot.objects.create(name="Bot")
        page = Channel.objects.create(bot=bot, platform=Platform.MESSENGER, external_id="2")
    neighbour = meet(dentist, page, person.address)
    forgotten(cafe, person.subscriber)

    replay_erasures()

    assert there(cafe) == {other}
    assert there(dentist) == {neighbour}


def test_what_they_agreed_to_is_withdrawn_as_at_any_erasure(cafe, person, record):
    with cafe.scope():
        record(
            person_id=person.subscriber.pk,
            identifier=person.address,
            controller=ConsentRecord.Controller.TENANT,
        )
    forgotten(cafe, person.subscriber)

    replay_erasures()

    with cafe.scope():
        assert ConsentRecord.objects.filter(decision="withdrawn", way="erasure").count() == 1
        assert not ConsentIdentity.objects.exists()


def test_whoever_bears_the_identifier_under_another_number_goes_too(cafe, person):
    """As where the copy is of a time when the same person had another row."""
    gone = Subscriber(tenant_id=cafe.tenant.pk, channel=person.channel, external_id=person.address)
    forgotten(cafe, gone)

    assert replay_erasures().removed == 1

    assert there(cafe) == set()


def test_who_came_back_later_stays(cafe, person):
    with time_machine.travel(timezone.now() - timedelta(seconds=5)):
        gone = Subscriber(
            tenant_id=cafe.tenant.pk, channel=person.channel, external_id=person.address
        )
        forgotten(cafe, gone)

    assert replay_erasures().removed == 0

    assert there(cafe) == {person.subscriber}
    with cafe.scope():
        assert Message.objects.count() == 1


def test_somebody_else_s_later_erasure_does_not_make_theirs_later(cafe, person):
    def gone(identifier):
        return Subscriber(tenant_id=cafe.tenant.pk, channel=person.channel, external_id=identifier)

    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        forgotten(cafe, gone(person.address))
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        forgotten(cafe, gone("somebody else"))

    assert replay_erasures().removed == 0
    assert there(cafe) == {person.subscriber}


def test_of_two_erasures_of_one_person_the_later_counts(cafe, person):
    """They came back after the first, and went again: between the two the copy was made."""
    gone = Subscriber(tenant_id=cafe.tenant.pk, channel=person.channel, external_id=person.address)
    for moment in (timezone.now() + timedelta(hours=1), timezone.now() - timedelta(hours=1)):
        with time_machine.travel(moment):
            forgotten(cafe, gone)

    assert replay_erasures().removed == 1
    assert there(cafe) == set()


def test_people_whose_identifier_no_key_opens_are_not_taken_for_each_other(cafe, person, settings):
    other = meet(cafe, person.channel, "somebody else")
    settings.FIELD_KEYS = [key()]
    with cafe.scope():
        unreadable = Subscriber.objects.get(pk=person.subscriber.pk)
    forgotten(cafe, unreadable)
    gone = Subscriber(tenant_id=cafe.tenant.pk, channel=person.channel, external_id="")
    forgotten(cafe, gone)

    assert replay_erasures().removed == 1
    assert {each.pk for each in there(cafe)} == {other.pk}


def test_only_people_of_channels_that_are_named_are_opened(cafe, person, monkeypatch):
    with cafe.scope():
        bot = Bot.objects.create(name="Bot")
        other = Channel.objects.create(bot=bot, platform=Platform.MESSENGER, external_id="2")
    meet(cafe, other, "on another channel")
    opened = []
    digests_of = tombstones.digests_of

    def look(subscriber, keys):
        opened.append(subscriber.pk)
        return digests_of(subscriber, keys)

    monkeypatch.setattr(tombstones, "digests_of", look)
    forgotten(cafe, Subscriber(tenant_id=cafe.tenant.pk, channel=person.channel, external_id="x"))

    replay_erasures()
    assert opened == [person.subscriber.pk]

    forgotten(cafe, person.subscriber)  # There by their number: nobody need be opened.
    replay_erasures()
    assert opened == [person.subscriber.pk]


def test_a_batch_of_many_goes_whole(cafe, person):
    people = [meet(cafe, person.channel, f"guest {number}") for number in range(7)]
    forgotten(cafe, *people[:5], batch=True)

    assert replay_erasures().removed == 5
    assert there(cafe) == {person.subscriber, *people[5:]}


def test_an_erasure_that_is_under_way_here_is_left_to_its_job(cafe, person):
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        tombstones.put_up(tombstones.name_of(erasure.pk), [person.subscriber])

    assert replay_erasures() is None

    assert there(cafe) == {person.subscriber}
    assert tombstones.unknown() == [tombstones.name_of(erasure.pk)]


def test_its_job_finds_the_entry_and_tells_once_more(cafe, person, platforms):
    """The copy does not know that it has told: better twice than a code that never ends."""
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        tombstones.put_up(tombstones.name_of(erasure.pk), [person.subscriber])
    replay_erasures()

    carry_out(str(cafe.tenant.pk), str(erasure.pk))

    with cafe.scope():
        done = Erasure.objects.get()
    assert (done.state, done.address, done.counts["bots.Subscriber"]) == ("told", "", 1)
    assert done.certificate is not None
    assert there(cafe) == set()
    assert tombstones.unknown() == []


def test_whoever_has_a_job_of_their_own_is_left_to_it_whatever_else_names_them(cafe, person):
    with cafe.scope():
        request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    forgotten(cafe, person.subscriber)

    assert replay_erasures().removed == 0
    assert there(cafe) == {person.subscriber}
    assert tombstones.unknown() == []


def test_an_erasure_whose_person_is_gone_already_ends_all_the_same(cafe, person, platforms):
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        Subscriber.objects.all().delete()

    replay_erasures()
    carry_out(str(cafe.tenant.pk), str(erasure.pk))

    with cafe.scope():
        done = Erasure.objects.get()
    assert (done.state, done.counts, done.address) == ("told", {}, "")


def test_what_a_try_put_up_that_came_to_nothing_removes_nobody(cafe, person):
    """A batch was killed before it was committed, and the next one chose other people."""
    with cafe.scope():
        erasure = request_erasure(
            meet(cafe, person.channel, "somebody else"), origin=Erasure.Origin.TENANT
        )
    carry_out(str(cafe.tenant.pk), str(erasure.pk))
    with cafe.scope():
        tombstones.put_up(tombstones.name_of(erasure.pk, batch=new_id()), [person.subscriber])

    assert replay_erasures().removed == 0
    assert there(cafe) == {person.subscriber}
    assert tombstones.unknown() == []


def test_of_a_business_that_does_not_exist_here_there_is_nothing_to_do(cafe, person):
    nowhere = new_id()
    name = tombstones.name_of(new_id())
    with tenant_scope(nowhere):
        stranger = Subscriber(channel_id=new_id(), external_id="x")
        tombstones.put_up(name, [stranger])

    replay = replay_erasures()

    assert (replay.entries, replay.removed, replay.tenants) == (1, 0, [])
    assert tombstones.unknown() == []
    assert there(cafe) == {person.subscriber}


def test_twice_is_once(cafe, person, admin):
    forgotten(cafe, person.subscriber)
    replay_erasures()

    assert replay_erasures() is None
    assert Replay.objects.count() == 1
    with platform_scope("test"):
        assert OutgoingMail.objects.count() == 1


def test_killed_anywhere_it_goes_on_and_reports_the_whole(cafe, person, admin, monkeypatch):
    people = [meet(cafe, person.channel, f"guest {number}") for number in range(4)]
    for each in people:
        forgotten(cafe, each)
    monkeypatch.setattr(replaying, "PEOPLE", 1)
    delete_rows, calls = replaying.delete_rows, []

    class Killed(BaseException):
        """As little caught as SIGKILL."""

    def dies_in_the_third(*args, **kwargs):
        gone = delete_rows(*args, **kwargs)
        calls.append(1)
        if len(calls) == 3:
            raise Killed
        return gone

    monkeypatch.setattr(replaying, "delete_rows", dies_in_the_third)
    with pytest.raises(Killed):
        replay_erasures()
    assert len(there(cafe)) == 3
    assert len(tombstones.unknown()) == 2

    replay = replay_erasures()

    assert there(cafe) == {person.subscriber}
    assert (replay.entries, replay.removed) == (4, 4)
    assert Replay.objects.count() == 1
    with platform_scope("test"):
        assert OutgoingMail.objects.count() == 1


def test_killed_before_it_has_told_it_tells_at_the_next_start(cafe, person, admin, monkeypatch):
    forgotten(cafe, person.subscriber)

    def die():
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(replaying, "_finish", die)
        with pytest.raises(KeyboardInterrupt):
            replay_erasures()
    assert tombstones.unknown() == []

    assert replay_erasures().removed == 1
    with platform_scope("test"):
        assert OutgoingMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_does_it_and_the_other_waits(cafe, person):
    forgotten(cafe, person.subscriber)
    found: list[Any] = []

    def start() -> None:
        found.append(replay_erasures())
        connection.close()

    threads = [threading.Thread(target=start) for _ in range(2)]
    with turn_of_its_own("erasures replayed"):
        for each in threads:
            each.start()
        threads[0].join(0.7)
        assert found == []
        assert there(cafe) == {person.subscriber}
    for each in threads:
        each.join(20)

    assert sorted(each is None for each in found) == [False, True]
    assert there(cafe) == set()


def test_files_go_with_the_rows(cafe, person, monkeypatch):
    dropped = []
    delete_rows = replaying.delete_rows

    def with_a_file(*args, **kwargs):
        gone = delete_rows(*args, **kwargs)
        gone.files.append("tenants/x/photo")
        return gone

    monkeypatch.setattr(replaying, "delete_rows", with_a_file)
    monkeypatch.setattr(replaying.default_storage, "delete", dropped.append)
    forgotten(cafe, person.subscriber)

    replay_erasures()

    assert dropped == ["tenants/x/photo"]


# What is in the way


def test_without_the_key_it_refuses_and_carries_out_all_else(cafe, person, settings, caplog):
    other = meet(cafe, person.channel, "somebody else")
    name = forgotten(cafe, other)
    old = settings.TOMBSTONE_KEY
    settings.TOMBSTONE_KEY = [key()]
    forgotten(cafe, person.subscriber)

    with pytest.raises(ReplayIncompleteError) as error:
        replay_erasures()

    ((fault),) = error.value.faults
    assert (fault.name, fault.reason) == (name, "key_missing")
    assert there(cafe) == {other}
    assert Replay.objects.get().finished_at is None

    settings.TOMBSTONE_KEY = [*settings.TOMBSTONE_KEY, *old]
    replay = replay_erasures()
    assert (replay.removed, there(cafe)) == (2, set())


def test_what_cannot_be_read_is_named_and_hides_nothing_else(cafe, person, settings):
    others = [meet(cafe, person.channel, f"guest {number}") for number in range(3)]
    names = [forgotten(cafe, each) for each in others]
    place_of(names[1], settings).write_text("half of")
    outside.put("tombstones/readme", "Hello.")

    for _ in range(2):  # It goes on blocking.
        with pytest.raises(ReplayIncompleteError) as error:
            replay_erasures()
        assert [each.name for each in error.value.faults] == [names[1], "tombstones/readme"]
        assert there(cafe) == {person.subscriber, others[1]}


def test_a_forged_entry_removes_nobody(cafe, person, settings):
    name = forgotten(cafe, meet(cafe, person.channel, "somebody else"))
    text = outside.get(name) or ""
    (stone,) = tombstones.read(name).stones
    place_of(name, settings).write_text(text.replace(str(stone.subject), str(person.subscriber.pk)))

    with pytest.raises(ReplayIncompleteError):
        replay_erasures()

    assert person.subscriber in there(cafe)


def test_a_store_that_is_away_is_not_taken_for_an_empty_one(
    cafe, person, settings, outside_store, tmp_path
):
    assert replay_erasures() is None  # Nothing was ever put up, and no store made.
    forgotten(cafe, person.subscriber)
    replay_erasures()
    settings.OUTSIDE_STORE_URL = (tmp_path / "empty").as_uri()
    (tmp_path / "empty").mkdir()

    with pytest.raises(OutsideStoreAwayError):
        replay_erasures()

    settings.OUTSIDE_STORE_URL = outside_store.as_uri()
    assert replay_erasures() is None


def test_tombstones_whose_time_is_over_may_be_gone(cafe, person, settings, tmp_path):
    forgotten(cafe, person.subscriber)
    replay_erasures()
    settings.OUTSIDE_STORE_URL = (tmp_path / "empty").as_uri()

    with time_machine.travel(timezone.now() + timedelta(days=settings.BACKUP_DAYS + 1)):
        assert replay_erasures() is None


# Who learns of it


def test_the_administrators_are_told_how_many_were_back(cafe, person, admin, caplog):
    forgotten(cafe, person.subscriber)

    replay_erasures()

    with platform_scope("test"):
        mail = OutgoingMail.objects.get()
    assert mail.recipient == admin.email
    assert (
        mail.subject == "Eine Sicherung wurde eingespielt: gelöschte Personen sind wieder entfernt"
    )
    assert "1 gelöschte Person war wieder da" in mail.body
    said = [each.msg for each in caplog.records if isinstance(each.msg, dict)]
    (line,) = [each for each in said if each["event"] == "erasures_replayed"]
    assert (line["size"], line["records"]) == (1, 1)


def test_where_nobody_was_back_nobody_is_told(cafe, person, admin):
    forgotten(cafe, Subscriber(tenant_id=cafe.tenant.pk, channel=person.channel, external_id="x"))

    assert replay_erasures().removed == 0

    with platform_scope("test"):
        assert not OutgoingMail.objects.exists()


def test_business_and_platform_find_it_in_their_logs(cafe, dentist, person):
    forgotten(cafe, person.subscriber)

    replay = replay_erasures()

    with cafe.scope():
        entry = AuditEntry.objects.get(action="erasure.repeated")
        assert entry.details["counts"]["bots.Message"] == 1
        assert not AuditEntry.objects.filter(action="erasure.replayed").exists()
    with dentist.scope():
        assert not AuditEntry.objects.filter(action__startswith="erasure.").exists()
    with platform_scope("test"):
        assert AuditEntry.objects.get(action="erasure.replayed").target_id == str(replay.pk)


def test_the_platform_s_home_shows_the_newest(cafe, person, admin, client, settings):
    client.force_login(admin)
    assert "Eine Sicherung wurde eingespielt" not in client.get("/platform/").content.decode()

    name = forgotten(cafe, person.subscriber)
    replay_erasures()
    assert "1 gelöschte Person war wieder da" in client.get("/platform/").content.decode()

    forgotten(cafe, Subscriber(tenant_id=cafe.tenant.pk, channel=person.channel, external_id="x"))
    outside.put("tombstones/readme", "Hello.")
    with pytest.raises(ReplayIncompleteError):
        replay_erasures()
    assert "noch nicht alle Löschungen" in client.get("/platform/").content.decode()

    place_of("tombstones/readme", settings).unlink()
    replay_erasures()
    assert "keine gelöschte Person war wieder da" in client.get("/platform/").content.decode()

    with time_machine.travel(timezone.now() + timedelta(days=31)):
        client.force_login(admin)
        assert "Eine Sicherung wurde eingespielt" not in client.get("/platform/").content.decode()
    assert KnownTombstone.objects.filter(name=name).exists()


# By hand


def test_the_command_says_what_it_did(cafe, person, capsys):
    call_command("replay_erasures")
    assert capsys.readouterr().out == "Nothing to do: the database knows of every erasure.\n"

    forgotten(cafe, person.subscriber)
    call_command("replay_erasures")
    assert (
        "1 entry of the tombstones carried out again: 1 person of 1 business removed in 0."
        in capsys.readouterr().out
    )


def test_the_command_says_which_key_is_still_needed(cafe, person, settings, capsys):
    forgotten(cafe, person.subscriber)
    settings.TOMBSTONE_KEY = [key(), *settings.TOMBSTONE_KEY, key()]

    call_command("replay_erasures")

    said = capsys.readouterr().out
    assert "TOMBSTONE_KEY: key 2 is still needed, 1 entry is under it." in said
    assert "TOMBSTONE_KEY: key 3 can go, nothing is under it." in said


def test_the_command_says_that_a_key_was_taken_out_too_early(cafe, person, settings, capsys):
    forgotten(cafe, person.subscriber)
    replay_erasures()
    call_command("replay_erasures")
    assert capsys.readouterr().err == ""
    settings.TOMBSTONE_KEY = [key()]

    call_command("replay_erasures")

    assert "1 entry lies under a key that was taken out too early" in capsys.readouterr().err


def test_the_command_names_what_is_in_the_way(cafe, person, settings, capsys, tmp_path):
    names = [forgotten(cafe, person.subscriber) for _ in range(2)]
    place_of(names[0], settings).write_text("half of")
    ring = settings.TOMBSTONE_KEY

    with pytest.raises(CommandError, match="of 1 entry of the tombstones it is not known"):
        call_command("replay_erasures")
    assert f"{names[0]} is damaged" in capsys.readouterr().err

    settings.TOMBSTONE_KEY = [key()]
    forgotten(cafe, person.subscriber)
    settings.TOMBSTONE_KEY = ring
    with pytest.raises(CommandError, match="of 2 entries"):
        call_command("replay_erasures")
    assert "a key that TOMBSTONE_KEY does not have" in capsys.readouterr().err

    settings.OUTSIDE_STORE_URL = (tmp_path / "empty").as_uri()
    with pytest.raises(CommandError, match="no tombstone lies in OUTSIDE_STORE_URL"):
        call_command("replay_erasures")

    (tmp_path / "file").write_text("")
    settings.OUTSIDE_STORE_URL = (tmp_path / "file").as_uri()
    with pytest.raises(CommandError, match="Nobody may be served yet"):
        call_command("replay_erasures")
