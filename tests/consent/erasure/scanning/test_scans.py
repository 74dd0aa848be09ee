"""Each night whoever was erased lately is looked for by their tombstone; what is left is told."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone
from structlog.testing import capture_logs

from chatbo.celery import app
from chatbo.conversation.intake import store_events
from chatbo.conversation.models import IncomingEvent
from chatbo.foundation import outside
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.isolation.ids import new_code, new_id
from chatbo.foundation.mail.models import OutgoingMail
from consent.erasure.models import CompletenessScan, Erasure
from consent.erasure.requests import request_erasure
from consent.erasure.scanning import erased
from consent.erasure.scanning.scans import scan_for_erased
from consent.erasure.scanning.tasks import scan
from consent.erasure.tasks import carry_out
from tenants.accounts.models import PlatformRole, User
from tenants.bots.models import Bot, Channel, Message, Rule, Subscriber, subscriber_index
from tenants.bots.platforms.wire import Incoming, Kind


@pytest.fixture
def admin(db):
    return User.objects.create_user(
        "admin@chatbo.example", name="Admin", platform_role=PlatformRole.ADMIN
    )


@pytest.fixture
def gone(cafe, person, queue, redis):
    """The person, erased two hours ago and told."""
    with time_machine.travel(timezone.now() - timedelta(hours=2), tick=True):
        with cafe.scope():
            erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        carry_out(str(cafe.tenant.pk), str(erasure.pk))
    return person


def hits(found):
    return [(hit["kind"], hit["place"], hit["part"]) for hit in found.hits]


def test_after_an_erasure_nothing_of_the_person_is_found_anywhere(gone, admin):
    found = scan_for_erased()

    assert (found.people, found.found, found.unread, found.undeclared) == (1, 0, [], [])
    assert found.looked_at["row"] > 50
    assert found.looked_at["entry"] >= 1
    assert not mails()


def test_who_is_still_there_is_looked_for_by_nobody(person):
    found = scan_for_erased()

    assert (found.people, found.found) == (0, 0)


def in_a_table(cafe, who):
    with cafe.scope():
        Rule.objects.create(bot=Bot.objects.first(), keywords="a", answer=f"see {who}")
    return ("row", "bots_rule", "answer")


def encrypted(cafe, who):
    with cafe.scope():
        other = Subscriber.objects.create(
            channel=Channel.objects.first(),
            external_id="9",
            external_index="9",
        )
        Message.objects.create(
            subscriber=other, direction="in", text=f"from {who}", at=timezone.now()
        )
    return ("row", "bots_message", "text")


def in_a_file(cafe, who):
    with cafe.scope():
        name = default_storage.save(f"tenants/{cafe.tenant.pk}/a", ContentFile(who.encode()))
    return ("file", name, "content")


def outside_the_database(cafe, who):
    outside.put("keys/1", f"of {who}")
    return ("entry", "keys/1", "content")


def in_redis(cafe, who):
    cache.set("a", {"who": who})
    return ("key", "chatbo:1:a", "value")


def in_the_name_of_a_key(cafe, who):
    cache.set(f"pace:{who}", 1)
    return ("key", "chatbo:1:pace:…", "name")


def in_a_log(cafe, who, folders):
    (folders / "logs" / "web.log").write_text(f"event='x' route='/{who}'\n")
    return ("line", "web.log", "line")


def in_a_mail(cafe, who, folders):
    (folders / "mail" / "1.eml").write_text(f"Subject: a\n\nof {who}\n")
    return ("mail", "1.eml", "content")


PLANTING = [
    in_a_table,
    encrypted,
    in_a_file,
    outside_the_database,
    in_redis,
    in_the_name_of_a_key,
    in_a_log,
    in_a_mail,
]


def plant(planting, cafe, who, folders):
    more = [folders] if "folders" in planting.__code__.co_varnames else []
    return planting(cafe, who, *more)


@pytest.fixture
def _cleaned(cafe):
    yield
    with cafe.scope():
        default_storage.delete(f"tenants/{cafe.tenant.pk}/a")


@pytest.mark.usefixtures("_cleaned")
@pytest.mark.parametrize("by", ["address", "number"])
@pytest.mark.parametrize("planting", PLANTING, ids=lambda planting: planting.__name__)
def test_what_is_left_is_found_and_told_without_saying_of_whom(
    gone, cafe, admin, folders, planting, by
):
    who = gone.address if by == "address" else str(gone.subscriber.pk)
    expected = plant(planting, cafe, who, folders)

    with capture_logs() as said:
        found = scan_for_erased()

    assert set(hits(found)) >= {expected}
    assert {hit[:2] for hit in hits(found)} == {expected[:2]}
    (alarm, *_more) = [line for line in said if line["event"] == "erased_person_found"]
    assert (alarm["log_level"], alarm["entry"]) == ("error", expected[1])
    (mail,) = mails()
    assert mail.recipient == admin.email
    assert expected[1] in mail.body
    with platform_scope("a test reads the log"):
        deed = AuditEntry.objects.get(action="erasure.found_left")
    for told in (
        json.dumps(said, default=str),
        mail.body,
        json.dumps(found.hits),
        str(deed.details),
    ):
        assert gone.address not in told
        assert str(gone.subscriber.pk) not in told


def mails():
    with platform_scope("a test reads the outbox"):
        return [
            each for each in OutgoingMail.objects.all() if "gelöschter Personen" in each.subject
        ]


def test_who_came_back_later_is_no_hit(gone, cafe):
    with cafe.scope():
        back = Subscriber.objects.create(
            channel=gone.channel,
            external_id=gone.address,
            external_index=subscriber_index(gone.channel.pk, gone.address),
        )
        Message.objects.create(
            subscriber=back, direction="in", text=f"I am {gone.address}", at=timezone.now()
        )

    assert scan_for_erased().found == 0

    with cafe.scope():  # As if the row had never gone.
        Subscriber.objects.update(first_seen_at=timezone.now() - timedelta(days=1))
    assert ("row", "bots_subscriber", "external_id") in hits(scan_for_erased())


def test_who_is_writing_in_this_moment_is_no_hit_but_what_lay_there_before_is(gone, cafe):
    event = Incoming(
        event_id="1",
        place=gone.channel.external_id,
        sender=gone.address,
        kind=Kind.TEXT,
        at=timezone.now(),
        text="hello",
    )
    with cafe.scope():
        store_events(cafe.tenant.pk, gone.channel.pk, [event])
    assert scan_for_erased().found == 0

    with cafe.scope():
        IncomingEvent.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert hits(scan_for_erased()) == [("row", "conversation_incomingevent", "payload")]


def test_the_address_in_the_job_is_no_hit_until_they_are_told(
    cafe, person, queue, redis, platforms
):
    platforms.control.fail("graph", "messages", code=2)
    with time_machine.travel(timezone.now() - timedelta(hours=2), tick=True):
        with cafe.scope():
            erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        carry_out(str(cafe.tenant.pk), str(erasure.pk))
    platforms.control.stop_failing()
    with cafe.scope():
        assert Erasure.objects.get().address == person.address
    assert scan_for_erased().found == 0

    with cafe.scope():
        Erasure.objects.update(finished_at=timezone.now())
    assert hits(scan_for_erased()) == [("row", "erasure_erasure", "address")]


def test_an_erasure_of_the_last_hour_is_left_for_the_next_night(cafe, person, queue):
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    carry_out(str(cafe.tenant.pk), str(erasure.pk))

    assert scan_for_erased().people == 0
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=True):
        assert scan_for_erased().people == 1
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=True):
        assert scan_for_erased().people == 0


def test_no_more_people_are_looked_for_than_the_sample_has(gone, monkeypatch):
    monkeypatch.setattr(erased, "PEOPLE", 0)

    assert scan_for_erased().people == 0


def test_a_digest_made_under_an_older_key_is_recognised(gone, cafe, settings, folders):
    settings.TOMBSTONE_KEY = ["A" * 43 + "=", *settings.TOMBSTONE_KEY]
    in_a_log(cafe, gone.address, folders)

    assert scan_for_erased().found == 1


def test_with_redis_away_the_other_places_are_looked_into_and_it_is_named(gone, cafe, settings):
    in_a_table(cafe, gone.address)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    found = scan_for_erased()

    assert (found.unread, hits(found)) == (["Redis"], [("row", "bots_rule", "answer")])


def test_a_tombstone_that_cannot_be_read_is_named(gone, outside_store):
    (entry,) = [each for each in outside_store.rglob("*") if each.is_file()]
    entry.write_text("{}")

    (name,) = scan_for_erased().unread
    assert name.startswith("tombstones/")


def test_the_platform_s_home_says_what_was_found_and_where(gone, cafe, admin, client):
    client.force_login(admin)
    assert "noch nie gesucht" in client.get("/platform/").content.decode()

    scan_for_erased()
    assert "keine von ihnen wurde gefunden" in client.get("/platform/").content.decode()

    in_a_table(cafe, gone.address)
    scan_for_erased()
    page = client.get("/platform/").content.decode()
    assert "Tabelle bots_rule, Spalte answer, Zeile" in page
    assert gone.address not in page


def test_the_platform_s_home_says_when_no_search_has_ended_for_two_days(gone, admin, client):
    scan_for_erased()

    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        client.force_login(admin)
        assert "seit mehr als zwei Tagen nicht gesucht" in client.get("/platform/").content.decode()


def test_the_command_says_what_was_looked_at_and_fails_where_something_is_left(gone, cafe, capsys):
    call_command("scan_for_erased")
    said = capsys.readouterr().out
    assert "Looked for 1 person in " in said
    assert "Nobody was found." in said

    in_a_table(cafe, gone.address)
    with pytest.raises(CommandError, match="named in 1 place"):
        call_command("scan_for_erased")
    assert "Named in table bots_rule, column answer, row " in capsys.readouterr().err


def test_each_night_it_runs_where_bulk_work_waits():
    (planned,) = [each for each in app.conf.beat_schedule.values() if each["task"] == scan.name]

    assert app.amqp.router.route({}, scan.name)["queue"].name == "bulk"
    assert planned["schedule"].hour == {5}
    assert scan.name in app.tasks


def test_each_run_is_kept_and_written_once(gone):
    scan()
    scan()

    assert CompletenessScan.objects.count() == 2


def test_codes_and_numbers_of_others_are_nobody_s(gone, cafe, folders):
    lines = "".join(
        f"{new_id()} {new_id().hex} {new_code()} 24166926617{n:06}\n" for n in range(99)
    )
    (folders / "logs" / "web.log").write_text(lines.replace(gone.address, ""))

    assert scan_for_erased().found == 0
