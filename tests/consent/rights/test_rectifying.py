"""What can be set right is set right; to what was said, the person's statement is added."""

import pytest
from django.db import connection

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.personal_data.export import export_of
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.rights import rectifying
from consent.rights.errors import (
    EmptyStatementError,
    NobodyError,
    StatementTooLongError,
    TooManyStatementsError,
    UnknownLanguageError,
)
from consent.rights.models import LONGEST_STATEMENT, SupplementaryStatement
from consent.rights.rectifying import add_statement, change_language
from tests.consent.conftest import MARKER
from tests.consent.erasure.carrying_out import carried_out
from tests.consent.erasure.test_deletion import places_that_name

SAID = "STATEMENT-8c1f: so war es nicht"


def test_the_language_is_changed_and_the_log_says_from_what_to_what(cafe, person):
    with cafe.scope():
        change_language(person.subscriber, "en", by=cafe.owner)
        change_language(person.subscriber, "en", by=cafe.owner)
        person.subscriber.refresh_from_db()
        entry = AuditEntry.objects.get(action="person.language_changed")

    assert person.subscriber.language == "en"
    assert entry.details["before"] == {"language": "de"}
    assert entry.details["after"] == {"language": "en"}
    assert entry.actor_id == cafe.owner.pk


@pytest.mark.parametrize("language", ["", "fr", "DE", "de" * 100])
def test_a_language_that_nobody_speaks_here_changes_nothing(cafe, person, language):
    with cafe.scope():
        with pytest.raises(UnknownLanguageError):
            change_language(person.subscriber, language, by=cafe.owner)
        person.subscriber.refresh_from_db()
    assert person.subscriber.language == "de"


def test_a_statement_stands_beside_the_messages_in_the_persons_copy(cafe, person):
    with cafe.scope():
        statement = add_statement(person.subscriber, f" {SAID}\n", by=cafe.owner)
        found = export_of(person.subscriber)

    assert [row["text"] for row in found["supplementary_statements"]] == [SAID]
    assert [row["text"] for row in found["messages"]] == [MARKER], "as it was"
    assert statement.added_by_id == cafe.owner.pk


def test_it_lies_encrypted_stands_in_no_log_and_goes_with_the_person(cafe, person):
    with cafe.scope():
        add_statement(person.subscriber, SAID, by=cafe.owner)
        with connection.cursor() as cursor:
            cursor.execute("SELECT s::text FROM rights_supplementarystatement s")
            assert not any(SAID in row for (row,) in cursor.fetchall())
    assert places_that_name(SAID) == {"rights.SupplementaryStatement.text"}

    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    carried_out(erasure)

    assert not places_that_name(SAID)
    with cafe.scope():
        assert not SupplementaryStatement.objects.exists()


def test_the_same_twice_is_one_and_another_is_another(cafe, person):
    with cafe.scope():
        first = add_statement(person.subscriber, SAID, by=cafe.owner)
        assert add_statement(person.subscriber, f"{SAID} ", by=cafe.owner) == first
        add_statement(person.subscriber, f"{SAID}!", by=cafe.owner)

        assert SupplementaryStatement.objects.count() == 2
        assert AuditEntry.objects.filter(action="statement.added").count() == 2


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", EmptyStatementError),
        (" \n ", EmptyStatementError),
        ("x" * (LONGEST_STATEMENT + 1), StatementTooLongError),
    ],
)
def test_nothing_and_too_much_are_refused(cafe, person, text, error):
    with cafe.scope():
        with pytest.raises(error):
            add_statement(person.subscriber, text, by=cafe.owner)
        assert not SupplementaryStatement.objects.exists()
        add_statement(person.subscriber, "x" * LONGEST_STATEMENT, by=cafe.owner)


def test_one_person_has_so_many_that_a_page_shows_them(cafe, person, monkeypatch):
    monkeypatch.setattr(rectifying, "MOST", 2)
    with cafe.scope():
        for number in range(2):
            add_statement(person.subscriber, f"{SAID} {number}", by=cafe.owner)
        with pytest.raises(TooManyStatementsError):
            add_statement(person.subscriber, SAID, by=cafe.owner)


def test_of_whom_is_being_erased_and_of_the_neighbours_nothing_is_changed(cafe, dentist, person):
    with dentist.scope():
        with pytest.raises(NobodyError):
            add_statement(person.subscriber, SAID, by=dentist.owner)
        with pytest.raises(NobodyError):
            change_language(person.subscriber, "en", by=dentist.owner)
    with cafe.scope():
        request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        with pytest.raises(NobodyError):
            add_statement(person.subscriber, SAID, by=cafe.owner)
        with pytest.raises(NobodyError):
            change_language(person.subscriber, "en", by=cafe.owner)
