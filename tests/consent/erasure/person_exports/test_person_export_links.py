"""The link to one's data: looked at as often as anybody likes, and used once."""

import io
import json
import logging
import re
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from chatbo.conversation.my_data import make_and_tell
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation.models import DirectoryEntry
from consent.erasure.models import Erasure, PersonExport
from consent.erasure.person_exports.asking import ask_for_data_of, ask_for_own_data
from consent.erasure.person_exports.errors import UnknownLinkError
from consent.erasure.person_exports.links import HELD_FOR, MOST_PRESSES, open_link, take_out
from consent.erasure.person_exports.making import KEPT_FOR
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import carry_out
from tenants.bots.models import Message
from tests.consent.conftest import MARKER

State, Way = PersonExport.State, PersonExport.Way


@pytest.fixture
def export(cafe: Any, person: Any, queue: Any) -> PersonExport:
    """Random, so that it does not shrink: it goes out in several pieces."""
    with cafe.scope():
        Message.objects.bulk_create(
            Message(
                subscriber=person.subscriber,
                direction="in",
                text=secrets.token_hex(900),
                at=timezone.now(),
            )
            for _number in range(200)
        )
        made = ask_for_own_data(person.subscriber)
    make_and_tell(str(cafe.tenant.pk), str(made.pk))
    with cafe.scope():
        made.refresh_from_db()
    return made


@pytest.fixture
def address(export: PersonExport) -> str:
    return f"/my-data/{export.token}/"


def now(business: Any, export: PersonExport) -> PersonExport:
    with business.scope():
        return PersonExport.objects.get(pk=export.pk)


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def plain(answer: Any) -> bytes:
    """A page, without what changes with the request."""
    return re.sub(rb'value="[^"]*"', b"", answer.content)


def closed(answer: Any) -> None:
    """As the server does when the reader is gone; the test's own connection stays open."""
    answer._iterator.close()


def test_looking_uses_nothing_up_and_pressing_gives_the_file_once(
    cafe: Any, client: Client, export: PersonExport, address: str
) -> None:
    for _time in range(3):
        page = client.get(address)
        assert page.status_code == 200
        assert "Ihre Daten liegen bereit" in page.content.decode()
        assert MARKER not in page.content.decode()
    assert client.head(address).status_code == 200

    answer = client.post(address)
    whole = content(answer)
    archive = ZipFile(io.BytesIO(whole))

    assert answer["Content-Type"] == "application/zip"
    assert int(answer["Content-Length"]) == len(whole)
    assert re.search(r'filename="meine-daten-\d{4}-\d\d-\d\d\.zip"', answer["Content-Disposition"])
    data = json.loads(archive.read("data.json"))
    assert data["sections"]["messages"][0]["text"] == MARKER
    assert client.post(address).status_code == client.get(address).status_code == 404


def test_once_taken_file_key_and_link_are_gone(
    cafe: Any, client: Client, export: PersonExport, address: str
) -> None:
    content(client.post(address))

    after = now(cafe, export)
    assert (after.state, after.secret, bool(after.used_at)) == (State.OVER, "", True)
    with cafe.scope():
        assert not default_storage.exists(export.file)
        assert not DirectoryEntry.objects.filter(kind="my-data").exists()
        assert AuditEntry.objects.filter(action="person_export.taken").count() == 1


def test_what_opens_nothing_looks_the_same_for_all(
    cafe: Any, dentist: Any, client: Client, export: PersonExport, address: str
) -> None:
    used = address
    content(client.post(used))
    made_up = ("x", "0" * 40, export.token + "0" if export.secret else "1" * 40, "a" * 3000)
    pages = [client.get(used), client.post(used)]
    for code in made_up:
        pages += [client.get(f"/my-data/{code}/"), client.post(f"/my-data/{code}/")]

    assert {page.status_code for page in pages} == {404}
    assert len({plain(page) for page in pages}) == 1
    assert "meine Daten" in pages[0].content.decode()
    assert not any(page.cookies for page in pages)


def test_an_expired_link_opens_nothing(
    cafe: Any, client: Client, export: PersonExport, address: str
) -> None:
    with time_machine.travel(timezone.now() + KEPT_FOR + timedelta(seconds=5)):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert now(cafe, export).presses == 0


def test_a_download_of_the_business_has_no_link(
    cafe: Any, person: Any, client: Client, queue: Any
) -> None:
    with cafe.scope():
        export = ask_for_data_of(person.subscriber, way=Way.DOWNLOAD, user=cafe.owner)
    make_and_tell(str(cafe.tenant.pk), str(export.pk))
    token = now(cafe, export).token

    assert client.post(f"/my-data/{token}/").status_code == 404
    with pytest.raises(UnknownLinkError), open_link(token):
        pass


def test_nobody_keeps_follows_or_finds_it(client: Client, address: str) -> None:
    for answer in (client.get(address), client.post(address), client.get("/my-data/x/")):
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex"
        assert not answer.cookies
        if answer.streaming:
            content(answer)


def test_broken_off_it_can_be_pressed_again(
    cafe: Any, client: Client, export: PersonExport, address: str
) -> None:
    answer = client.post(address)
    pieces = iter(answer.streaming_content)
    next(pieces)
    assert client.get(address).status_code == 404, "somebody has it just now"
    closed(answer)

    assert now(cafe, export).state == State.READY
    assert len(content(client.post(address))) == export.size
    assert client.post(address).status_code == 404


def test_broken_off_three_times_it_is_over(
    cafe: Any, client: Client, export: PersonExport, address: str
) -> None:
    for _time in range(MOST_PRESSES):
        answer = client.post(address)
        next(iter(answer.streaming_content))
        closed(answer)

    assert client.get(address).status_code == 404
    assert now(cafe, export).state == State.OVER
    with cafe.scope():
        assert not default_storage.exists(export.file)


def going_out(export: PersonExport) -> Iterator[bytes]:
    with open_link(export.token) as row:
        return take_out(row)


def test_of_two_who_press_one_gets_it(cafe: Any, client: Client, export: PersonExport) -> None:
    with open_link(export.token) as one, open_link(export.token) as other:
        first = take_out(one)
        with pytest.raises(UnknownLinkError):
            take_out(other)
    assert len(b"".join(first)) == export.size


def test_a_killed_web_process_holds_it_for_ten_minutes(cafe: Any, export: PersonExport) -> None:
    dead = going_out(export)
    next(dead)  # and never again
    with pytest.raises(UnknownLinkError):
        going_out(export)
    with time_machine.travel(timezone.now() + HELD_FOR + timedelta(seconds=1)):
        assert len(b"".join(going_out(export))) == export.size


def test_who_stood_still_so_long_does_not_get_the_rest_as_well(
    cafe: Any, export: PersonExport
) -> None:
    slow = going_out(export)
    next(slow)
    with time_machine.travel(timezone.now() + HELD_FOR + timedelta(seconds=1)):
        quick = going_out(export)
        next(quick)
        with pytest.raises(UnknownLinkError):
            list(slow)
        assert now(cafe, export).state == State.READY, "the other goes on"
        assert b"".join(quick)
    assert now(cafe, export).state == State.OVER


def test_a_long_download_is_not_taken_from_whoever_reads(cafe: Any, export: PersonExport) -> None:
    pieces = going_out(export)
    moment = timezone.now()
    next(pieces)
    for minute in range(2, 4):
        with time_machine.travel(moment + HELD_FOR * minute * 0.4):
            next(pieces)
    with time_machine.travel(moment + HELD_FOR * 1.5), pytest.raises(UnknownLinkError):
        going_out(export)
    pieces.close()  # type: ignore[attr-defined]  # a generator


def test_erased_in_the_middle_of_a_download_nothing_is_left(
    cafe: Any, person: Any, client: Client, export: PersonExport, address: str
) -> None:
    pieces = going_out(export)
    next(pieces)
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    carry_out(str(cafe.tenant.pk), str(erasure.pk))

    list(pieces)

    with cafe.scope():
        assert not PersonExport.objects.exists()
        assert not default_storage.exists(export.file)
    assert client.get(address).status_code == 404


def test_a_damaged_file_is_not_handed_out_as_whole(
    cafe: Any, client: Client, export: PersonExport, address: str
) -> None:
    from chatbo.foundation.encryption import UnreadableError

    with cafe.scope():
        place = Path(default_storage.path(export.file))
    with place.open("r+b") as file:
        file.seek(-20, 2)
        file.write(b"damaged")

    with pytest.raises(UnreadableError):
        b"".join(going_out(export))
    assert now(cafe, export).used_at is None


def test_a_lost_file_is_like_a_used_link(
    cafe: Any, client: Client, export: PersonExport, address: str
) -> None:
    with cafe.scope():
        default_storage.delete(export.file)
    assert client.post(address).status_code == 404


def test_who_guesses_is_kept_from_all(client: Client, address: str) -> None:
    answers = [client.get(f"/my-data/{number:040}/").status_code for number in range(31)]
    assert answers[:30] == [404] * 30
    assert answers[30] == 429
    assert client.get(address).status_code == 429
    assert client.get(address, REMOTE_ADDR="198.51.100.9").status_code == 200


def test_looking_often_is_no_guessing(client: Client, address: str) -> None:
    assert {client.get(address).status_code for _time in range(40)} == {200}


def test_the_token_is_in_no_table_and_no_log(
    cafe: Any, client: Client, export: PersonExport, address: str, caplog: Any, capfd: Any
) -> None:
    from django.apps import apps
    from django.db import connection

    caplog.set_level(logging.DEBUG)
    client.get(address)
    content(client.post(address))
    client.get(address)

    assert export.token not in caplog.text
    assert export.token not in "".join(capfd.readouterr())
    with cafe.scope(), connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS each WHERE each::text LIKE %s',
                [f"%{export.token}%"],
            )
            assert cursor.fetchone()[0] == 0, table


def test_the_time_of_holding_is_renewed_once_a_minute(
    cafe: Any, export: PersonExport, django_assert_max_num_queries: Any
) -> None:
    pieces = going_out(export)
    next(pieces)
    with django_assert_max_num_queries(0):
        next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # a generator
