"""The pages of a file that is being prepared: asked for, looked at, taken, given up."""

import re

import pytest

from chatbo.foundation.audit.models import AuditEntry
from consent.ledger import offers
from consent.ledger.export_models import ConsentExport
from consent.ledger.tasks import prepare
from tests.searching import searched
from tests.visitors import visitor

PAGE = "/app/cafe-morgenrot/consents/"
Form, State = ConsentExport.Form, ConsentExport.State

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_comes_at_once(monkeypatch, queue):
    monkeypatch.setattr(offers, "AT_ONCE", dict.fromkeys(Form, 0))


@pytest.fixture
def owner(client, cafe):
    client.force_login(cafe.owner)
    return client


@pytest.fixture
def asked(owner, person):
    """A file with the refusals, asked for; the address of its page."""
    return owner.post(f"{PAGE}files/?decision=refused", {"form": "csv"}).url


def made(cafe) -> ConsentExport:
    with cafe.scope():
        export = ConsentExport.objects.get()
    prepare(str(cafe.tenant.pk), str(export.pk))
    with cafe.scope():
        return ConsentExport.objects.get()


def test_what_takes_long_is_offered_as_a_file_to_be_prepared(owner, person):
    page = owner.get(f"{PAGE}?decision=refused").text

    assert re.findall(r'action="([^"]*files/[^"]*)"', page) == [
        f"{PAGE}files/?decision=refused"
    ] * len(Form)
    assert "Sie bekommen eine E-Mail" in page


def test_while_it_is_made_the_page_says_how_far_it_is_and_looks_again(owner, cafe, asked):
    with cafe.scope():
        ConsentExport.objects.update(done=1, total=4)

    page = owner.get(asked).text

    assert "1 von 4 Einträgen" in page
    assert 'value="25"' in page
    assert f'hx-get="{asked}" hx-trigger="every 2s"' in page
    assert "Entscheidung: Abgelehnt" in page
    assert "Herunterladen" not in page


def test_once_it_is_ready_it_is_downloaded_and_that_is_noted(owner, cafe, asked):
    export = made(cafe)

    page = owner.get(asked).text
    assert "hx-trigger" not in page
    assert "2 Einträge," in page
    answer = owner.get(f"{asked}file")

    content = b"".join(answer.streaming_content)
    assert len(content) == export.size
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="consents-')
    assert "no-store" in answer.headers["Cache-Control"]
    with cafe.scope():
        entry = AuditEntry.objects.get(action="consents.exported")
    assert (entry.target_id, entry.details) == (str(export.pk), {"rows": 2, "kind": "csv"})


def test_before_it_is_ready_and_after_its_week_there_is_no_file(owner, cafe, asked):
    assert owner.get(f"{asked}file").status_code == 404
    made(cafe)
    with cafe.scope():
        ConsentExport.objects.update(expires_at="2020-01-01T00:00:00Z")

    assert owner.get(f"{asked}file").status_code == 404
    assert owner.get(asked).status_code == 404
    assert asked not in owner.get(PAGE).text


def test_downloading_demands_a_fresh_proof_of_who_one_is(cafe, asked):
    made(cafe)
    client = visitor(cafe.owner, seconds_ago=3600)

    assert "/accounts/" in client.get(f"{asked}file").url
    assert client.get(asked).status_code == 200


def test_the_list_shows_what_is_being_prepared(owner, cafe, asked):
    assert "Vorbereitete Dateien" in owner.get(PAGE).text
    assert asked in owner.get(PAGE).text


def test_it_can_be_given_up_and_deleted_and_twice_is_once(owner, cafe, asked):
    assert "Abbrechen" in owner.get(asked).text
    made(cafe)
    assert "Datei löschen" in owner.get(asked).text

    assert owner.post(f"{asked}delete/").url == PAGE
    assert owner.post(f"{asked}delete/").url == PAGE
    assert owner.get(f"{asked}file").status_code == 404


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("OSError", "Ablage unserer Dateien"),
        ("PermissionError", "Ablage unserer Dateien"),
        ("TimeoutError", "jedes Mal unterbrochen"),
        ("SealError", "nicht erzeugen oder versiegeln"),
        ("KeyError", "womit wir nicht gerechnet"),
        ("", "womit wir nicht gerechnet"),
        ("sorted", "womit wir nicht gerechnet"),
    ],
)
def test_what_failed_says_why_and_can_be_tried_again(owner, cafe, asked, error, words):
    with cafe.scope():
        ConsentExport.objects.update(
            state=State.FAILED, last_error=error, finished_at="2026-01-01T00:00:00Z"
        )
    page = owner.get(asked).text
    assert words in page
    assert not error or error not in page
    assert "Noch einmal versuchen" in page

    owner.post(f"{asked}retry/")

    assert made(cafe).state == State.READY


def test_pressed_twice_it_is_one_file(owner, cafe, asked):
    assert owner.post(f"{PAGE}files/?decision=refused", {"form": "csv"}).url == asked


@pytest.mark.parametrize("form", ["", "exe", "CSV"])
def test_a_kind_that_there_is_not_is_refused(owner, person, form):
    answer = owner.post(f"{PAGE}files/", {"form": form}, follow=True)

    assert "lässt sich nicht vorbereiten" in answer.text


def test_one_person_s_are_never_prepared(owner, cafe, person):
    page = owner.get(f"{PAGE}?person={searched(owner, person)}").text
    assert f"{PAGE}files/" not in page

    assert owner.post(f"{PAGE}files/?person={searched(owner, person)}", {"form": "csv"}).url == PAGE
    with cafe.scope():
        assert not ConsentExport.objects.exists()


def test_the_neighbour_neither_sees_nor_takes_nor_deletes_it(client, cafe, dentist, asked):
    made(cafe)
    client.force_login(dentist.owner)
    theirs = asked.replace("cafe-morgenrot", "zahnarzt-linde")

    for page in (asked, f"{asked}file", theirs, f"{theirs}file"):
        assert client.get(page).status_code == 404
    assert client.post(f"{asked}delete/").status_code == 404
    client.post(f"{theirs}delete/")
    assert client.post(f"{theirs}retry/").status_code == 404
    with cafe.scope():
        assert ConsentExport.objects.get().state == State.READY


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_who_may_not_read_consents_asks_for_none(client, cafe, asked, role):
    client.force_login(cafe.member(role))

    assert client.post(f"{PAGE}files/", {"form": "csv"}).status_code == 403
    assert client.get(asked).status_code == 403
    assert client.get(f"{asked}file").status_code == 403
    assert client.post(f"{asked}delete/").status_code == 403
