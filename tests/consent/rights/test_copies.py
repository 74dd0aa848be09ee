"""A business answers a person's request: the copy from their page, as a download or by a link."""

import io
import uuid
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from chatbo.conversation.my_data import make_and_tell
from chatbo.foundation.audit.models import AuditEntry
from consent.erasure.models import PersonExport
from consent.erasure.person_exports.making import KEPT_FOR
from tenants.bots.models import Message, Subscriber
from tests.consent.conftest import MARKER
from tests.visitors import visitor

State, Way = PersonExport.State, PersonExport.Way


@pytest.fixture
def here(person: Any, queue: Any) -> str:
    return f"/app/cafe-morgenrot/erasures/people/{person.subscriber.pk}/"


def work(business: Any) -> PersonExport:
    with business.scope():
        export = PersonExport.objects.unfinished().get()
    make_and_tell(str(business.tenant.pk), str(export.pk))
    with business.scope():
        export.refresh_from_db()
    return export


def read(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_it_is_prepared_and_downloaded_as_often_as_wanted(cafe: Any, here: str) -> None:
    client = visitor(cafe.owner, language="de")
    assert client.post(f"{here}copies/", {"way": "download"}).url == here
    page = client.get(f"{here}copies/").content.decode()
    assert "wird vorbereitet" in page
    assert "hx-get" in page

    work(cafe)

    page = client.get(here).content.decode()
    assert "Herunterladen (ZIP)" in page
    assert f'hx-get="{here}copies/"' not in page
    for _time in range(2):
        answer = client.get(f"{here}copies/copy.zip")
        assert "no-store" in answer["Cache-Control"]
        data = ZipFile(io.BytesIO(read(answer))).read("data.json").decode()
        assert MARKER in data
    with cafe.scope():
        assert AuditEntry.objects.filter(action="person_export.downloaded").count() == 2


def test_the_link_goes_into_the_chat(cafe: Any, person: Any, here: str, client: Client) -> None:
    visitor(cafe.owner, language="de").post(f"{here}copies/", {"way": "chat"})
    export = work(cafe)

    with cafe.scope():
        (said,) = Message.objects.filter(direction="out")
    assert "liegen bereit" in said.text
    assert read(client.post(f"/my-data/{export.token}/"))
    assert visitor(cafe.owner, language="de").get(f"{here}copies/copy.zip").status_code == 404, (
        "it is theirs"
    )


def test_where_messenger_is_shut_no_link_is_offered(cafe: Any, here: str) -> None:
    client = visitor(cafe.owner, language="de")
    assert "Link in den Chat schicken" in client.get(here).content.decode()
    with cafe.scope():
        Subscriber.objects.update(last_seen_at=timezone.now() - timedelta(days=2))

    assert "Link in den Chat schicken" not in client.get(here).content.decode()
    page = client.post(f"{here}copies/", {"way": "chat"}, follow=True).content.decode()
    assert "im Moment niemanden" in page
    with cafe.scope():
        assert not PersonExport.objects.exists()


@pytest.mark.parametrize("way", ["", "mail", "x" * 10_000], ids=["none", "mail", "huge"])
def test_another_way_is_refused_in_words(cafe: Any, here: str, way: str) -> None:
    page = (
        visitor(cafe.owner, language="de")
        .post(f"{here}copies/", {"way": way}, follow=True)
        .content.decode()
    )
    assert "Bitte wählen Sie" in page
    with cafe.scope():
        assert not PersonExport.objects.exists()


def test_pressed_twice_it_is_prepared_once(cafe: Any, here: str) -> None:
    client = visitor(cafe.owner, language="de")
    for _time in range(2):
        client.post(f"{here}copies/", {"way": "download"})
    with cafe.scope():
        assert PersonExport.objects.count() == 1


def test_after_its_time_it_is_gone(cafe: Any, here: str) -> None:
    visitor(cafe.owner, language="de").post(f"{here}copies/", {"way": "download"})
    work(cafe)

    with time_machine.travel(timezone.now() + KEPT_FOR + timedelta(minutes=1)):
        client = visitor(cafe.owner, language="de")
        assert client.get(f"{here}copies/copy.zip").status_code == 404
        assert "Herunterladen (ZIP)" not in client.get(here).content.decode()


def test_editors_and_neighbours_get_nothing(cafe: Any, dentist: Any, here: str) -> None:
    visitor(cafe.owner, language="de").post(f"{here}copies/", {"way": "download"})
    work(cafe)

    editor = visitor(cafe.member("editor"))
    assert editor.get(f"{here}copies/copy.zip").status_code == 403
    assert editor.post(f"{here}copies/", {}).status_code == 403
    assert visitor(dentist.owner).get(f"{here}copies/copy.zip").status_code == 404
    theirs = here.replace("cafe-morgenrot", "zahnarzt-linde")
    for path in ("copies/", "copies/copy.zip"):
        assert visitor(dentist.owner).get(f"{theirs}{path}").status_code == 404
    assert visitor(dentist.owner).post(f"{theirs}copies/", {"way": "download"}).status_code == 404


def test_after_a_while_the_download_asks_who_one_is(cafe: Any, here: str) -> None:
    visitor(cafe.owner, language="de").post(f"{here}copies/", {"way": "download"})
    work(cafe)

    answer = visitor(cafe.owner, seconds_ago=601).get(f"{here}copies/copy.zip")
    assert answer.status_code == 302
    assert "reauthenticate" in answer.url


def test_nobodys_copy_is_a_404(cafe: Any) -> None:
    nobody = f"/app/cafe-morgenrot/erasures/people/{uuid.uuid4()}/copies/"
    client = visitor(cafe.owner, language="de")
    assert client.get(nobody).status_code == 404
    assert client.post(nobody, {"way": "download"}).status_code == 404
    assert client.get(f"{nobody}copy.zip").status_code == 404
