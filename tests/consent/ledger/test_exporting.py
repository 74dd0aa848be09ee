"""Taking records along at once: for one person, for a filter, or all there are."""

import csv
import io
import json
import re

import pytest

from chatbo.foundation.audit.models import AuditEntry
from consent.ledger import offers
from consent.ledger.export_models import ConsentExport
from consent.ledger.exporting import export_records
from consent.ledger.selecting import Selection, in_chunks
from consent.ledger.tables import ConsentFilter
from tests.searching import searched

PAGE = "/app/cafe-morgenrot/consents/"
Form = ConsentExport.Form

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(client, cafe):
    client.force_login(cafe.owner)
    return client


def graph(answer) -> list:
    return json.loads(answer.content)["@graph"]


def places(receipts) -> set[str]:
    return {each["dpv:hasRecordOfActivity"]["chatbo:place"] for each in receipts}


def test_a_filter_s_records_come_as_one_graph_of_receipts(owner, person, verify):
    answer = owner.get(f"{PAGE}export.jsonld?decision=refused")

    assert answer.headers["Content-Type"] == "application/ld+json"
    assert places(graph(answer)) == {"visitor 0", "visitor 1"}
    code, said = verify(answer.content)
    assert (code, "2 of 2 records" in said) == (0, True)


def test_of_a_filter_the_graph_names_nobody(owner, person):
    answer = owner.get(f"{PAGE}export.jsonld")

    assert len(graph(answer)) == 5
    assert person not in answer.text


def test_of_one_person_the_graph_proves_that_the_records_are_theirs(owner, person, verify):
    answer = owner.get(f"{PAGE}export.jsonld?person={searched(owner, person)}")

    assert len(graph(answer)) == 3
    assert {each["proof"]["identity"]["identifier"] for each in graph(answer)} == {person}
    assert verify(answer.content)[0] == 0
    forged = answer.content.replace(person.encode(), b"other@example.org")
    assert verify(forged)[0] == 1


def test_a_graph_that_was_changed_is_found(owner, person, verify):
    content = owner.get(f"{PAGE}export.jsonld").text

    changed = content.replace('"dct:title": "Newsletter"', '"dct:title": "Anything"', 1)
    moved = content.replace('"chatbo:place": "visitor 0"', '"chatbo:place": "visitor 7"', 1)
    assert changed != content
    assert verify(changed.encode())[0] == 1, "a title is not sealed, but signed"
    assert verify(moved.encode())[0] == 1


def test_what_is_not_sealed_yet_says_so_in_the_graph(owner, cafe, person, record, verify):
    with cafe.scope():
        record(place="new")

    answer = owner.get(f"{PAGE}export.jsonld")

    assert [each["proof"] for each in graph(answer)].count(None) == 1
    code, said = verify(answer.content)
    assert (code, "was not sealed yet" in said) == (3, True)
    assert said.splitlines()[-1].startswith("Not proved")


def test_an_empty_graph_is_one_too(owner, person):
    assert graph(owner.get(f"{PAGE}export.jsonld?source=bot")) == []


def test_everything_comes_with_what_shows_that_nothing_is_missing(owner, person, verify):
    content = owner.get(f"{PAGE}export.jsonl?decision=refused").content

    code, said = verify(content)
    assert (code, "5 of 5 records" in said) == (0, True)
    assert person.encode() not in content
    first, *rest = content.splitlines(keepends=True)
    assert "was dropped" in verify(first + b"".join(rest[:-1]))[1]


def test_a_business_without_records_takes_an_empty_list_that_is_signed(
    client, dentist, person, verify
):
    client.force_login(dentist.owner)

    content = client.get("/app/zahnarzt-linde/consents/export.jsonl").content

    code, said = verify(content)
    assert (code, "0 of 0 records" in said) == (0, True)


def test_before_anything_was_ever_sealed_the_page_says_so_instead_of_an_empty_file(
    owner, recorded, cafe
):
    recorded(cafe, 1)

    assert "Noch ist nichts versiegelt" in owner.get(f"{PAGE}export.jsonl", follow=True).text


def test_many_records_are_read_in_parts_each_once_and_newest_first(cafe, recorded):
    made = recorded(cafe, 7)

    with cafe.scope():
        records = made[0].__class__.objects.all()
        read = list(in_chunks(records, 2))

    assert [len(part) for part in read] == [2, 2, 2, 1]
    assert [record.pk for part in read for record in part] == [r.pk for r in reversed(made)]


def test_everything_is_read_in_parts_as_well(cafe, person):
    with cafe.scope():
        parts = list(export_records(part=2))

    assert [sum("record" in line for line in part) for part in parts] == [2, 2, 1]


def test_the_table_is_the_same_however_many_parts_it_is_written_in(owner, person, monkeypatch):
    whole = owner.get(f"{PAGE}export.csv").content
    monkeypatch.setattr("consent.ledger.writing.in_chunks", lambda records: in_chunks(records, 2))

    assert owner.get(f"{PAGE}export.csv").content == whole
    rows = list(csv.reader(io.StringIO(whole.decode().removeprefix("\ufeff")), delimiter=";"))
    assert len(rows) == 6


@pytest.mark.parametrize("kind", ["csv", "jsonld", "pdf", "jsonl"])
def test_the_neighbour_takes_nothing_along(client, dentist, person, kind):
    client.force_login(dentist.owner)

    assert client.get(f"{PAGE}export.{kind}").status_code == 404
    page = f"/app/zahnarzt-linde/consents/export.{kind}"
    theirs = client.get(f"{page}?person={searched(client, person, page)}").content
    assert b"visitor" not in theirs
    assert b"form 1" not in theirs


@pytest.mark.parametrize("kind", ["csv", "jsonld", "pdf", "jsonl"])
@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_who_may_not_read_consents_takes_none_along(client, cafe, person, kind, role):
    client.force_login(cafe.member(role))

    assert client.get(f"{PAGE}export.{kind}").status_code == 403


@pytest.mark.parametrize("kind", ["csv", "jsonld", "pdf", "jsonl"])
def test_each_taking_along_is_noted_with_its_kind_and_without_the_person(owner, cafe, person, kind):
    owner.get(f"{PAGE}export.{kind}?person={searched(owner, person)}")

    with cafe.scope():
        entry = AuditEntry.objects.get(action="consents.exported")
    assert entry.details["kind"] == kind
    assert entry.details["rows"] == (5 if kind == "jsonl" else 3)
    assert person not in str(entry.details)


@pytest.mark.parametrize("kind", ["csv", "jsonld", "pdf"])
def test_what_takes_long_is_not_made_while_somebody_waits(owner, person, monkeypatch, kind):
    monkeypatch.setattr(offers, "AT_ONCE", dict.fromkeys(Form, 2))

    answer = owner.get(f"{PAGE}export.{kind}?decision=granted&purpose=newsletter")
    assert answer.headers["Content-Disposition"].endswith(f'.{kind}"')
    answer = owner.get(f"{PAGE}export.{kind}?purpose=newsletter", follow=True)
    assert answer.redirect_chain == [(f"{PAGE}?purpose=newsletter", 302)]
    assert "„Mitnehmen“" in answer.text


def test_one_person_s_records_come_at_once_up_to_a_limit_that_is_told(owner, person, monkeypatch):
    monkeypatch.setattr(offers, "AT_ONCE", dict.fromkeys(Form, 2))
    assert owner.get(f"{PAGE}export.csv?person={searched(owner, person)}").headers[
        "Content-Disposition"
    ]
    monkeypatch.setattr(offers, "MOST_OF_A_PERSON", 2)

    answer = owner.get(f"{PAGE}export.csv?person={searched(owner, person)}", follow=True)

    assert "kürzeren Zeitraum" in answer.text


def test_the_page_offers_each_way_with_what_it_is_good_for(owner, person):
    page = owner.get(f"{PAGE}?purpose=newsletter").text

    assert re.findall(r'export\.(\w+)\?purpose=newsletter"', page) == [
        "pdf",
        "csv",
        "jsonld",
        "jsonl",
    ]
    assert "Mitnehmen" in page
    of_person = owner.get(f"{PAGE}?person={searched(owner, person)}").text
    assert "export.jsonl?" not in of_person


def test_where_nothing_is_recorded_nothing_is_offered(client, dentist):
    client.force_login(dentist.owner)

    assert "Mitnehmen" not in client.get("/app/zahnarzt-linde/consents/").text


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ({"since": "2026-01-05", "purpose": "chat"}, "purpose=chat&since=2026-01-05"),
        ({"since": "nonsense", "purpose": "nothing", "text": "nonsense"}, ""),
        ({"person": "sealed", "decision": "granted", "page": "3"}, "decision=granted"),
    ],
)
def test_a_filter_is_written_down_in_one_way_and_without_what_it_did_not_understand(
    db, query, asked
):
    assert Selection.of(ConsentFilter(query)).asked == asked
