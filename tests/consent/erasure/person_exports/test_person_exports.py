"""A person's data as a file: whole, readable, of nobody else, and gone when it has been taken."""

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.utils import timezone, translation

from chatbo.conversation.my_data import make_and_tell
from chatbo.conversation.tasks import drop_copies
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import directory
from chatbo.foundation.isolation.models import DirectoryEntry
from chatbo.foundation.jobs.sweep import sweep
from chatbo.foundation.personal_data import declarations_about
from chatbo.foundation.personal_data.fields import held
from consent.erasure.models import Erasure, PersonExport
from consent.erasure.person_exports.asking import ask_for_data_of, ask_for_own_data
from consent.erasure.person_exports.cover import MOST_SHOWN
from consent.erasure.person_exports.errors import (
    CannotBeWrittenToError,
    NotWantedAnyMoreError,
    TooOftenError,
)
from consent.erasure.person_exports.links import open_file
from consent.erasure.person_exports.making import KEPT_FOR, make_export
from consent.erasure.person_exports.words import FIELDS, SECTIONS
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import carry_out
from consent.ledger.sealing import seal
from tenants.bots.models import Message, Subscriber
from tests.consent.conftest import MARKER
from tests.consent.erasure.test_export import plant

State, Way = PersonExport.State, PersonExport.Way
FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def prepare(cafe: Any, person: Any, queue: Any) -> Any:
    def preparing(way: PersonExport.Way = Way.DOWNLOAD) -> PersonExport:
        with cafe.scope():
            export = ask_for_data_of(person.subscriber, way=way, user=cafe.owner)
        make_and_tell(str(cafe.tenant.pk), str(export.pk))
        with cafe.scope():
            return PersonExport.objects.get(pk=export.pk)

    return preparing


def opened(business: Any, export: PersonExport) -> ZipFile:
    with business.scope():
        return ZipFile(io.BytesIO(b"".join(open_file(export))))


def say(person: Any, text: str) -> None:
    Message.objects.create(
        subscriber=person.subscriber, direction="in", text=text, at=timezone.now()
    )


def test_every_section_is_in_json_and_csv(cafe: Any, person: Any, prepare: Any) -> None:
    with cafe.scope():
        plant(person, by=cafe.owner)
    archive = opened(cafe, prepare())

    data = json.loads(archive.read("data.json"))
    for subject in ("bots.Subscriber", "ledger.ConsentIdentity"):
        for model, declaration in declarations_about(subject):
            rows = data["sections"][declaration.export]
            wanted = held(model, declaration).keys() - declaration.withheld.keys() | {"id"}
            assert all(row.keys() == wanted for row in rows), model
            text = archive.read(f"csv/{declaration.export}.csv").decode("utf-8-sig")
            table = list(csv.DictReader(io.StringIO(text), delimiter=";"))
            assert [row["id"] for row in table] == [row["id"] for row in rows]
            assert not table or table[0].keys() == wanted
    assert data["sections"]["messages"][0]["text"] == MARKER
    assert data["sections"]["person"][0]["external_id"] == person.address
    assert data["sections"]["consents"]
    assert data["sections"]["events_under_way"]
    assert data["sections"]["copies_of_data"]
    assert (data["form"], data["language"]) == (1, "de")


def test_the_cover_says_what_the_law_wants_and_shows_the_data(
    cafe: Any, person: Any, prepare: Any
) -> None:
    with cafe.scope():
        cafe.tenant.contact_email = "hallo@cafe-morgenrot.example"
        cafe.tenant.save()
    page = opened(cafe, prepare()).read("index.html").decode()

    assert '<html lang="de">' in page
    for said in (
        "Café Morgenrot",
        "hallo@cafe-morgenrot.example",
        "Chatbot im Facebook Messenger",
        "Meta Platforms Ireland Ltd.",
        "Art. 45",
        "12 Monate nach dem letzten Kontakt",
        "Beschwerde bei einer Aufsichtsbehörde",
        "Art. 22 DSGVO",
        "von Ihnen",
        MARKER,
        person.address,
    ):
        assert said in page, said
    assert "Telegram-Gruppe" not in page, "another channel is none of this person's"


def test_the_cover_asks_nobody_for_anything_and_runs_nothing(
    cafe: Any, person: Any, prepare: Any
) -> None:
    with cafe.scope():
        say(person, "<script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>")
    page = opened(cafe, prepare()).read("index.html").decode()

    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"<(script|img|link|iframe|object|form)\b", page)
    assert not re.search(r'(src|action|srcset|poster)="', page)
    assert "default-src 'none'" in page


def test_what_is_withheld_is_named_with_its_reason(cafe: Any, person: Any, prepare: Any) -> None:
    archive = opened(cafe, prepare())

    data, page = json.loads(archive.read("data.json")), archive.read("index.html").decode()
    withheld = {(each["section"], each["field"]): each["reason"] for each in data["withheld"]}
    for model, declaration in declarations_about("bots.Subscriber"):
        for name in declaration.withheld:
            assert withheld[declaration.export, name], model
    assert "Prüfwert" in page
    assert person.subscriber.external_index not in page + archive.read("data.json").decode()


def test_a_cell_is_no_formula(cafe: Any, person: Any, prepare: Any) -> None:
    with cafe.scope():
        say(person, FORMULA)
    archive = opened(cafe, prepare())

    assert f"'{FORMULA}" in archive.read("csv/messages.csv").decode()
    data = json.loads(archive.read("data.json"))
    assert data["sections"]["messages"][-1]["text"] == FORMULA, "programs get it as it is"


def test_each_consent_has_its_receipt_which_is_checked_without_us(
    cafe: Any, person: Any, prepare: Any, verify: Any
) -> None:
    seal()
    archive = opened(cafe, prepare())

    (record,) = json.loads(archive.read("data.json"))["sections"]["consents"]
    name = f"receipts/{record['id']}.jsonld"
    code, said = verify(archive.read(name))
    assert (code, "genuine" in said.lower() or "1 of 1" in said) == (0, True), said
    assert f'href="{name}"' in archive.read("index.html").decode()


def test_nobody_elses_data_is_in_it(cafe: Any, dentist: Any, person: Any, prepare: Any) -> None:
    with cafe.scope():
        other = Subscriber.objects.create(
            channel=person.channel, external_id="other-id", external_index="9"
        )
        Message.objects.create(subscriber=other, direction="in", text="Theirs", at=timezone.now())
    archive = opened(cafe, prepare())

    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert MARKER.encode() in everything
    assert b"Theirs" not in everything
    assert b"other-id" not in everything
    with dentist.scope():
        assert not PersonExport.objects.exists()


def test_it_speaks_the_persons_language(cafe: Any, person: Any, prepare: Any) -> None:
    with cafe.scope():
        Subscriber.objects.update(language="en")
    archive = opened(cafe, prepare())

    page = archive.read("index.html").decode()
    assert '<html lang="en">' in page
    assert "Complaint to a supervisory authority" in page
    assert json.loads(archive.read("data.json"))["language"] == "en"


def test_a_long_section_shows_its_last_rows_and_the_files_have_all(
    cafe: Any, person: Any, prepare: Any
) -> None:
    with cafe.scope():
        Message.objects.bulk_create(
            Message(
                subscriber=person.subscriber,
                direction="in",
                text=f"No. {number}!",
                at=timezone.now() + timedelta(seconds=number),
            )
            for number in range(MOST_SHOWN + 500)
        )
    archive = opened(cafe, prepare())

    page, data = archive.read("index.html").decode(), json.loads(archive.read("data.json"))
    assert len(data["sections"]["messages"]) == MOST_SHOWN + 501
    assert [row["text"] for row in data["sections"]["messages"][1:3]] == ["No. 0!", "No. 1!"]
    assert "No. 0!" not in page
    assert f"No. {MOST_SHOWN + 499}!" in page
    assert archive.read("csv/messages.csv").count(b"No. ") == MOST_SHOWN + 500


def test_what_nobody_can_read_is_said_and_the_rest_given(
    cafe: Any, person: Any, prepare: Any
) -> None:
    from tests.foundation.keyed_rows import damaged

    with cafe.scope():
        say(person, "readable")
        damaged(Message.objects.get(at=Message.objects.order_by("at")[0].at), "text")
    archive = opened(cafe, prepare())

    first, second = json.loads(archive.read("data.json"))["sections"]["messages"]
    assert (first["text"], second["text"]) == (None, "readable")
    assert "im Moment nicht lesbar" in archive.read("index.html").decode()


def test_every_section_and_column_has_words(person: Any) -> None:
    for subject in ("bots.Subscriber", "ledger.ConsentIdentity"):
        for model, declaration in declarations_about(subject):
            assert declaration.export in SECTIONS, model
            assert not held(model, declaration).keys() - FIELDS.keys(), model
    with translation.override("de"):
        english = {str(word) for word in (*SECTIONS.values(), *FIELDS.values())}
    assert "text" not in SECTIONS
    assert {"Nachrichten", "Kanal"} <= english


def test_two_sections_have_two_names() -> None:
    names = [
        declaration.export
        for subject in ("bots.Subscriber", "ledger.ConsentIdentity")
        for _model, declaration in declarations_about(subject)
    ]
    assert len(names) == len(set(names))


def test_the_file_lies_encrypted_and_is_nothing_without_its_row(
    cafe: Any, person: Any, prepare: Any
) -> None:
    export = prepare()
    with cafe.scope(), default_storage.open(export.file) as file:
        lies = file.read()

    assert MARKER.encode() not in lies
    assert b"PK\x03\x04" not in lies
    assert export.file.startswith(f"tenants/{cafe.tenant.pk}/")


def test_asking_twice_is_asking_once_while_it_is_made(cafe: Any, person: Any, queue: Any) -> None:
    with cafe.scope():
        first = ask_for_own_data(person.subscriber)
        assert ask_for_own_data(person.subscriber) == first
        assert ask_for_data_of(person.subscriber, way=Way.CHAT, user=cafe.owner) == first
        assert ask_for_data_of(person.subscriber, way=Way.DOWNLOAD, user=cafe.owner) != first
        assert AuditEntry.objects.filter(action="person_export.asked").count() == 2


def test_three_a_day_are_enough_and_the_next_day_there_are_more(
    cafe: Any, person: Any, queue: Any
) -> None:
    for _time in range(3):
        with cafe.scope():
            export = ask_for_own_data(person.subscriber)
        make_and_tell(str(cafe.tenant.pk), str(export.pk))
    with cafe.scope(), pytest.raises(TooOftenError):
        ask_for_own_data(person.subscriber)
    with cafe.scope():
        ask_for_data_of(person.subscriber, way=Way.DOWNLOAD, user=cafe.owner)
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)), cafe.scope():
        ask_for_own_data(person.subscriber)


def test_a_link_is_not_sent_where_it_could_not_arrive(cafe: Any, person: Any) -> None:
    with cafe.scope():
        Subscriber.objects.update(last_seen_at=timezone.now() - timedelta(hours=25))
        with pytest.raises(CannotBeWrittenToError):
            ask_for_data_of(person.subscriber, way=Way.CHAT, user=cafe.owner)
        ask_for_data_of(person.subscriber, way=Way.DOWNLOAD, user=cafe.owner)


def test_a_newer_one_takes_the_place_of_the_older(cafe: Any, person: Any, prepare: Any) -> None:
    first, second = prepare(), prepare()

    with cafe.scope():
        first.refresh_from_db()
        assert (first.state, first.secret, second.state) == (State.OVER, "", State.READY)
        assert not default_storage.exists(first.file)
        assert default_storage.exists(second.file)


def test_two_workers_make_it_once(cafe: Any, person: Any, queue: Any) -> None:
    with cafe.scope():
        export = ask_for_own_data(person.subscriber)
        held_by_one = PersonExport.objects.claim(export.pk)
    make_and_tell(str(cafe.tenant.pk), str(export.pk))
    with cafe.scope():
        assert PersonExport.objects.get().state == State.ASKED
    make_export(held_by_one)
    with cafe.scope():
        assert PersonExport.objects.get().state == State.READY


def test_who_was_too_slow_keeps_nothing_and_spoils_nothing(
    cafe: Any, person: Any, queue: Any
) -> None:
    with cafe.scope():
        export = ask_for_data_of(person.subscriber, way=Way.DOWNLOAD, user=cafe.owner)
        slow = PersonExport.objects.claim(export.pk)
    with time_machine.travel(timezone.now() + PersonExport.LEASE + timedelta(seconds=1)):
        make_and_tell(str(cafe.tenant.pk), str(export.pk))

    with pytest.raises(NotWantedAnyMoreError):
        make_export(slow)

    with cafe.scope():
        export.refresh_from_db()
    assert MARKER in opened(cafe, export).read("index.html").decode()


def test_where_no_call_arrived_the_sweep_finds_it(cafe: Any, person: Any, queue: Any) -> None:
    with cafe.scope():
        export = ask_for_own_data(person.subscriber)
    queue.clear()

    sweep()

    assert ("person_exports.make", str(cafe.tenant.pk), str(export.pk)) in queue


def test_what_fails_is_tried_again_and_is_an_alarm_after_many_times(
    cafe: Any, person: Any, queue: Any, monkeypatch: Any, caplog: Any
) -> None:
    def full(*arguments: Any, **named: Any) -> None:
        raise OSError("disk full at /home/somebody")

    with cafe.scope():
        export = ask_for_own_data(person.subscriber)
    monkeypatch.setattr("consent.erasure.person_exports.making.default_storage.save", full)
    moment = timezone.now()
    for attempt in range(9):
        at = moment + timedelta(hours=attempt)
        with time_machine.travel(at), pytest.raises(OSError, match="disk full"):
            make_and_tell(str(cafe.tenant.pk), str(export.pk))
    assert "person_export_failing" in caplog.text
    assert "somebody" not in caplog.text
    monkeypatch.undo()
    with time_machine.travel(moment + timedelta(hours=10)):
        make_and_tell(str(cafe.tenant.pk), str(export.pk))
    with cafe.scope():
        assert PersonExport.objects.get().state == State.READY


def test_after_72_hours_row_file_and_link_are_gone(cafe: Any, person: Any, prepare: Any) -> None:
    export = prepare(Way.CHAT)
    with cafe.scope():
        assert directory.find("my-data", export.token)
    drop_copies()
    with cafe.scope():
        assert default_storage.exists(export.file)

    with time_machine.travel(timezone.now() + KEPT_FOR + timedelta(minutes=1)):
        drop_copies()

    with cafe.scope():
        assert not PersonExport.objects.exists()
        assert not default_storage.exists(export.file)
        assert directory.find("my-data", export.token) is None


def test_the_persons_erasure_takes_row_file_and_link_along(
    cafe: Any, person: Any, prepare: Any
) -> None:
    exports = [prepare(Way.CHAT), prepare(Way.DOWNLOAD)]
    with cafe.scope():
        assert all(default_storage.exists(each.file) for each in exports)
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)

    carry_out(str(cafe.tenant.pk), str(erasure.pk))

    with cafe.scope():
        assert not PersonExport.objects.exists()
        assert not any(default_storage.exists(each.file) for each in exports)
        assert not DirectoryEntry.objects.filter(kind="my-data").exists()


def test_erased_while_it_is_made_no_file_is_left(
    cafe: Any, person: Any, queue: Any, monkeypatch: Any
) -> None:
    from consent.erasure.person_exports import archive

    with cafe.scope():
        export = ask_for_own_data(person.subscriber)
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    real = archive.tables_about

    def erased_meanwhile(*arguments: Any, **named: Any) -> Any:
        tables = real(*arguments, **named)
        yield next(tables)
        with cafe.scope():
            assert default_storage.exists(export.file), "it is being written"
        carry_out(str(cafe.tenant.pk), str(erasure.pk))
        yield from tables

    monkeypatch.setattr(archive, "tables_about", erased_meanwhile)
    make_and_tell(str(cafe.tenant.pk), str(export.pk))

    with cafe.scope():
        assert not PersonExport.objects.exists()
        assert not default_storage.exists(export.file)
        assert not Message.objects.exists()
