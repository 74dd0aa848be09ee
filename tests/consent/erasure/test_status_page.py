"""``/erasure/<code>/``: the state in plain words, in the person's language, for the code alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone, translation

from chatbo.foundation.limits import CODES, LIMITS, MINUTE, Limit, Per
from chatbo.foundation.personal_data import declarations_about
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure, request_erasure_of_many
from consent.erasure.selecting import all_of
from consent.erasure.words import kind_of_rows
from tenants.bots.models import Subscriber
from tests.consent.conftest import MARKER

from .carrying_out import carried_out, change, choose

LIVE = 'hx-trigger="every 3s"'


@pytest.fixture
def erasure(cafe, person) -> Erasure:
    with cafe.scope():
        return request_erasure(person.subscriber, origin=Erasure.Origin.BOT)


@pytest.fixture
def of_many(cafe, person) -> Erasure:
    with cafe.scope():
        return request_erasure_of_many(
            all_of(until=timezone.now()), origin=Erasure.Origin.TENANT, language="de"
        )


@pytest.fixture
def read(client) -> Any:
    """The page of an erasure, its words."""

    def shown(erasure: Erasure, language: str = "") -> str:
        if language:
            choose(client, language)
        answer = client.get(f"/erasure/{erasure.code}/")
        assert answer.status_code == 200
        return " ".join(answer.text.split())

    return shown


# --- Every state ---


def test_asked_for_it_says_that_it_runs_and_until_when(read, erasure):
    text = read(erasure)

    assert "Ihre Daten werden gelöscht" in text
    assert "Löschung verlangt" in text
    assert "spätestens" in text
    assert "Bescheinigung (PDF)" not in text
    assert LIVE in text


def test_noted_outside_it_says_against_what(read, erasure):
    change(erasure, tombstoned_at=timezone.now())

    assert "Gegen zurückgespielte Sicherungen geschützt" in read(erasure)


def test_deleted_and_not_told_yet_it_says_both(read, platforms, erasure):
    platforms.control.fail("graph", "messages", code=2)
    carried_out(erasure)

    text = read(erasure)

    assert "Alles über Sie ist gelöscht" in text
    assert "Wird im Chat bestätigt" in text
    assert "Bescheinigung (PDF)" in text
    assert LIVE in text


def test_told_it_says_what_went_what_stays_and_how_to_prove_it(read, erasure):
    done = carried_out(erasure)

    text = read(erasure)

    assert "Im Chat bestätigt" in text
    assert "<dt>Nachricht</dt><dd>1</dd>" in text
    assert "1 Einwilligungsnachweis<" in text
    assert f"31. Dezember {timezone.localdate().year + 3}" in text
    assert "Art. 17 Abs. 3 Buchst. e" in text
    assert f"/erasure/{done.code}/certificate.pdf" in text
    assert f"/erasure/{done.code}/certificate.json" in text
    assert 'href="/verify/"' in text
    assert 'href="/keys/"' in text
    assert LIVE not in text


def test_it_says_where_the_conversation_still_lies_and_how_it_goes(read, erasure):
    carried_out(erasure)

    text = read(erasure)

    assert "im Postfach des Unternehmens" in text
    assert "gedrückt halten" in text


def test_untold_it_says_that_the_deletion_is_complete(read, platforms, erasure):
    platforms.control.block("messenger-1001")
    carried_out(erasure)

    text = read(erasure)

    assert "war nicht zustellbar" in text
    assert "Die Löschung selbst ist vollständig" in text
    assert LIVE not in text


def test_put_off_it_says_when_it_is_tried_again(read, erasure):
    later = timezone.now() + timedelta(hours=1)
    change(erasure, last_error="OperationalError", attempts=2, not_before=later)

    text = read(erasure)

    assert "Es gelang nicht auf Anhieb" in text
    assert f"{timezone.localtime(later):%H:%M}" in text
    assert "OperationalError" not in text


def test_held_up_it_says_since_when(read, erasure):
    change(erasure, last_error="OSError", attempts=9, failed_at=timezone.now())

    text = read(erasure)

    assert "Ihre Löschung stockt" in text
    assert "OSError" not in text


def test_overdue_it_says_what_the_law_demands(read, erasure):
    change(erasure, due_at=timezone.now() - timedelta(days=1))

    assert "Nach dem Gesetz hätte das" in read(erasure)


def test_of_many_it_shows_how_many_are_gone(read, of_many):
    change(of_many, total=1500, done=300)

    text = read(of_many)

    assert "Die Daten dieser Personen werden gelöscht" in text
    assert "300 von 1.500 Personen gelöscht" in text
    assert '<progress class="progress-line mb-3" max="100" value="20"' in text
    assert LIVE in text


def test_of_many_that_is_done_it_says_how_many_they_were(read, of_many):
    carried_out(of_many)

    text = read(of_many)

    assert "Alles über diese Personen ist gelöscht" in text
    assert "1 Person." in text
    assert "im Postfach des Unternehmens" not in text
    assert "<progress" not in text


# --- Language ---


def test_it_is_in_the_persons_language(client, erasure):
    change(erasure, language="en")

    answer = client.get(f"/erasure/{erasure.code}/", headers={"accept-language": "de"})

    assert '<html lang="en"' in answer.text
    assert "Your data are being deleted" in answer.text


def test_unless_the_reader_has_chosen_another(read, erasure):
    assert "Your data are being deleted" in read(erasure, "en")
    assert "Ihre Daten werden gelöscht" in read(erasure, "xx")


def test_each_kind_of_row_has_a_name_in_both_languages():
    """A row that is told to a person is called by a word, not by a table's default."""
    for model, _declaration in declarations_about(Subscriber._meta.label):
        with translation.override("en"):
            english = kind_of_rows(model._meta.label)
        with translation.override("de"):
            german = kind_of_rows(model._meta.label)
        assert english != german, model._meta.label


def test_rows_of_a_table_that_is_gone_are_told_by_its_name():
    assert "former.Table" not in {model._meta.label for model in apps.get_models()}
    assert kind_of_rows("former.Table") == "former.Table"


# --- For the code alone ---


def test_it_names_neither_person_nor_business(client, cafe, person, erasure):
    for state in ("before", "after"):
        text = client.get(f"/erasure/{erasure.code}/").text
        for personal in (MARKER, person.address, str(person.subscriber.pk), "Morgenrot"):
            assert personal not in text, (state, personal)
        carried_out(erasure)


@pytest.mark.parametrize("code", ["unknown", "x" * 300, "%00", "ä", "0" * 20])
def test_a_code_that_nobody_has_gets_a_friendly_answer(client, db, code):
    answer = client.get(f"/erasure/{code}/")

    assert answer.status_code == 404
    assert code not in answer.text or len(code) < 4


def test_no_search_engine_no_cache_and_no_other_site_learns_of_it(client, erasure):
    for code in (erasure.code, "unknown"):
        answer = client.get(f"/erasure/{code}/")
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]


def test_a_code_has_more_letters_than_anybody_could_try(erasure):
    assert len(set(erasure.code)) > 5
    assert len(erasure.code) * 5 >= 100  # bits, at five a letter


@pytest.fixture
def few(monkeypatch) -> None:
    limit = (Limit(3, MINUTE, Per.ADDRESS, failures=True),)
    monkeypatch.setitem(LIMITS, CODES, limit)


@pytest.mark.parametrize("ending", ["", "certificate.json", "certificate.pdf"])
def test_who_tries_many_codes_is_kept_from_all(client, few, erasure, ending):
    carried_out(erasure)
    codes = [
        client.get(f"/erasure/guess{n}/{ending}", REMOTE_ADDR="198.51.100.9").status_code
        for n in range(4)
    ]
    right = client.get(f"/erasure/{erasure.code}/{ending}", REMOTE_ADDR="198.51.100.9")
    elsewhere = client.get(f"/erasure/{erasure.code}/{ending}", REMOTE_ADDR="203.0.113.77")

    assert codes == [404, 404, 404, 429]
    assert (right.status_code, elsewhere.status_code) == (429, 200)
    assert int(right["Retry-After"]) > 0
    assert right["X-Robots-Tag"] == "noindex"


def test_who_holds_a_code_looks_as_often_as_the_page_does(client, few, erasure):
    codes = {client.get(f"/erasure/{erasure.code}/").status_code for _ in range(20)}

    assert codes == {200}
