"""Exports that take longer than anybody waits: made once, in the background, kept for a week."""

import csv
import io
import os
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.jobs.sweep import sweep
from consent.ledger import proof_pdf, tasks
from consent.ledger.errors import NotWantedAnyMoreError
from consent.ledger.export_models import ConsentExport
from consent.ledger.preparing import (
    FOLDER,
    ask_for_export,
    drop_export,
    make_export,
    retry_export,
)
from consent.ledger.selecting import Selection, in_chunks
from consent.ledger.tasks import drop_exports, prepare
from tests.outbox import mails

Form, State = ConsentExport.Form, ConsentExport.State

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ask(cafe, queue):
    def asking(form=Form.CSV, asked="", user=None) -> ConsentExport:
        with cafe.scope():
            return ask_for_export(form, Selection(asked), user=user or cafe.owner, language="de")

    return asking


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr("consent.ledger.writing.in_chunks", lambda records: in_chunks(records, 2))


def run(export) -> None:
    prepare(str(export.tenant_id), str(export.pk))


def now(cafe, export) -> ConsentExport:
    with cafe.scope():
        return ConsentExport.objects.get(pk=export.pk)


def content_of(cafe, export) -> bytes:
    with cafe.scope(), default_storage.open(now(cafe, export).file) as file:
        return file.read()


def files_of(business) -> list[str]:
    with business.scope():
        try:
            return default_storage.listdir(f"tenants/{business.tenant.pk}/{FOLDER}")[1]
        except FileNotFoundError:
            return []


def claimed(cafe, export) -> ConsentExport:
    with cafe.scope():
        return ConsentExport.objects.claim(export.pk)


def elsewhere(cafe, deed) -> None:
    """As another process does it, in a transaction of its own."""

    def act() -> None:
        with cafe.scope():
            deed()
        connection.close()

    (other := threading.Thread(target=act)).start()
    other.join()


@pytest.mark.parametrize("form", list(Form))
def test_it_is_made_kept_and_told_to_whoever_asked(cafe, person, ask, form):
    export = ask(form)
    run(export)

    made = now(cafe, export)
    assert (made.state, made.done, made.total) == (State.READY, 5, 5)
    assert made.size == len(content_of(cafe, export)) > 100
    assert made.file.startswith(f"tenants/{cafe.tenant.pk}/{FOLDER}/")
    (mail,) = mails()
    with cafe.scope():
        assert mail.recipient == cafe.owner.email
        assert f"/app/cafe-morgenrot/consents/files/{export.pk}/" in mail.body
    assert mail.attachments == []


def test_everything_is_checked_without_us(cafe, person, ask, verify):
    export = ask(Form.EVERYTHING)
    run(export)

    code, said = verify(content_of(cafe, export))
    assert (code, "5 of 5 records" in said) == (0, True)


def test_a_filter_narrows_it_down(cafe, person, ask, small_parts):
    export = ask(Form.CSV, "decision=refused")
    run(export)

    text = content_of(cafe, export).decode().removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 3
    assert now(cafe, export).total == 2


def test_how_far_it_is_stands_in_the_row_after_each_part(cafe, person, ask, small_parts):
    export, seen = claimed(cafe, ask()), []

    class Watched:
        def __init__(self, pieces):
            self.pieces = pieces

        def __next__(self):
            seen.append(ConsentExport.objects.get(pk=export.pk).done)
            return next(self.pieces)

    from consent.ledger import preparing

    real = preparing.pieces_of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preparing, "pieces_of", lambda wish: Watched(real(wish)))
        make_export(export)

    assert seen == [0, 0, 2, 4, 5]


def test_asking_twice_is_asking_once_while_it_is_being_made(cafe, person, ask, queue):
    first = ask()

    assert ask() == first
    assert len(queue) == 1
    assert ask(Form.JSON_LD) != first
    assert ask(Form.CSV, "decision=refused") != first
    run(first)
    assert ask() != first
    with cafe.scope():
        assert AuditEntry.objects.filter(action="consents.export_asked").count() == 4


def test_one_person_s_records_are_never_kept(cafe, person):
    with cafe.scope(), pytest.raises(ValueError, match="one person"):
        ask_for_export(Form.CSV, Selection("", person), user=cafe.owner, language="de")


@pytest.mark.parametrize("form", list(Form))
def test_what_is_kept_names_nobody(cafe, person, ask, form):
    export = ask(form)
    run(export)

    assert person.encode() not in content_of(cafe, export)


def test_two_workers_make_it_once(cafe, person, ask):
    export = ask()
    held = claimed(cafe, export)

    run(export)
    assert files_of(cafe) == []
    make_export(held)
    run(export)
    assert len(files_of(cafe)) == 1
    assert len(mails()) == 1


def test_where_no_call_arrived_the_sweep_finds_it(cafe, person, ask, queue):
    export = ask()
    queue.clear()

    sweep()
    assert any(str(export.pk) in str(call) for call in queue)


def test_a_worker_that_was_too_slow_keeps_nothing(cafe, person, ask):
    export = ask()
    slow = claimed(cafe, export)
    with time_machine.travel(timezone.now() + ConsentExport.LEASE + timedelta(seconds=1)):
        run(export)

    with pytest.raises(NotWantedAnyMoreError):
        make_export(slow)
    assert now(cafe, export).state == State.READY
    assert len(files_of(cafe)) == 1
    assert len(mails()) == 1


def test_given_up_while_it_is_made_it_stops_and_leaves_nothing(
    cafe, person, ask, small_parts, monkeypatch
):
    export = ask()
    from consent.ledger import preparing

    real, parts = preparing._hold, []

    def hold(export, **facts):
        parts.append(facts)
        if len(parts) == 3:
            elsewhere(cafe, lambda: drop_export(export))
        real(export, **facts)

    monkeypatch.setattr(preparing, "_hold", hold)
    run(export)

    assert len(parts) == 3
    assert files_of(cafe) == []
    assert mails() == []
    with cafe.scope():
        assert not ConsentExport.objects.exists()


def test_deleting_takes_the_file_away(cafe, person, ask):
    export = ask()
    run(export)
    with cafe.scope():
        drop_export(export)
        drop_export(export)

    assert files_of(cafe) == []
    with cafe.scope():
        assert AuditEntry.objects.filter(action="consents.export_dropped").exists()


def test_what_fails_is_tried_again_and_told_after_the_last_time(cafe, person, ask, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("disk full at /home/somebody")

    monkeypatch.setattr("consent.ledger.preparing.default_storage.save", fail)
    export = ask()
    moment = timezone.now()
    for attempt in range(1, tasks.MOST_TRIES + 1):
        assert now(cafe, export).state == State.ASKED
        with time_machine.travel(moment + timedelta(hours=attempt)):
            run(export)

    failed = now(cafe, export)
    assert (failed.state, failed.last_error) == (State.FAILED, "OSError")
    assert failed.finished_at
    monkeypatch.undo()
    with cafe.scope():
        retry_export(failed)
        retry_export(failed)
    run(export)
    assert now(cafe, export).state == State.READY


def test_a_retry_beside_one_that_is_being_made_is_that_one(cafe, person, ask):
    export = ask()
    with cafe.scope():
        ConsentExport.objects.filter(pk=export.pk).update(state=State.FAILED)
    again = ask()

    with cafe.scope():
        assert retry_export(now(cafe, export)) == again


def test_too_many_for_one_paper_is_not_tried_again(cafe, person, ask, monkeypatch):
    monkeypatch.setattr(proof_pdf, "MOST_INSIDE", 2)
    export = ask(Form.PROOF)
    run(export)

    failed = now(cafe, export)
    assert (failed.state, failed.last_error) == (State.FAILED, "TooManyForPaperError")


def test_what_kills_each_worker_is_given_up(cafe, person, ask):
    export = ask()
    with cafe.scope():
        ConsentExport.objects.filter(pk=export.pk).update(attempts=tasks.MOST_TRIES)

    run(export)

    assert now(cafe, export).state == State.FAILED


def test_records_that_come_in_meanwhile_do_not_move_it(
    cafe, person, ask, record, small_parts, monkeypatch
):
    export = ask()
    from consent.ledger import preparing

    real = preparing._hold

    def hold(export, **facts):
        record(place="meanwhile")
        real(export, **facts)

    monkeypatch.setattr(preparing, "_hold", hold)
    run(export)

    assert "meanwhile" not in content_of(cafe, export).decode()
    assert now(cafe, export).done == 5


def test_after_a_week_row_and_file_are_gone(cafe, dentist, person, ask):
    export = ask()
    run(export)
    assert drop_exports() is None
    assert len(files_of(cafe)) == 1

    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        drop_exports()

    assert files_of(cafe) == []
    with cafe.scope():
        assert not ConsentExport.objects.exists()


def test_what_a_killed_worker_left_lying_is_swept_away(cafe, person, ask):
    export = ask()
    run(export)
    with cafe.scope():
        left = default_storage.save(
            f"tenants/{cafe.tenant.pk}/{FOLDER}/left.csv", ContentFile(b"half")
        )
        place = default_storage.path(left)
    drop_exports()
    assert len(files_of(cafe)) == 2, "it may still be being written"
    long_ago = timezone.now().timestamp() - 2 * 3600
    os.utime(place, (long_ago, long_ago))

    drop_exports()

    with cafe.scope():
        assert [f"tenants/{cafe.tenant.pk}/{FOLDER}/{name}" for name in files_of(cafe)] == [
            now(cafe, export).file
        ]


def test_the_neighbour_s_records_are_in_no_file(cafe, dentist, person, queue):
    with dentist.scope():
        export = ask_for_export(Form.CSV, Selection(), user=dentist.owner, language="de")
    run(export)

    with dentist.scope():
        (name,) = files_of(dentist)
        with default_storage.open(f"tenants/{dentist.tenant.pk}/{FOLDER}/{name}") as file:
            assert len(file.read().splitlines()) == 1
    prepare(str(cafe.tenant.pk), str(export.pk))
    assert files_of(cafe) == []


def test_who_has_left_gets_no_mail(cafe, person, ask):
    leaving = cafe.member("dpo")
    export = ask(user=leaving)
    with cafe.scope():
        leaving.memberships.all().delete()
    run(export)

    assert now(cafe, export).state == State.READY
    assert mails() == []
