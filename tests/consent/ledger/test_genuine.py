"""A record that was changed past the product: nobody reads it, or takes it along, as proven."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from structlog.testing import capture_logs

from consent.ledger.genuine import Standing, examine
from consent.ledger.leaves import body_hash, leaf_of
from consent.ledger.models import ConsentRecord, Leaf
from consent.ledger.sealing import seal
from tests.conftest import Business
from tests.consent.ledger.test_exporting_a_proof import files_in, words_of
from tests.searching import searched

PAGE = "/app/cafe-morgenrot/consents/"

pytestmark = pytest.mark.django_db(transaction=True)

Change = Callable[..., None]


@pytest.fixture
def change(owner_db: psycopg.Connection[Any]) -> Iterator[Change]:
    """As whoever owns the tables can: an UPDATE of one record, with its triggers off."""

    def changing(record: ConsentRecord, said: str, table: str = "consentrecord") -> None:
        statement = f"UPDATE ledger_{table} SET {said} WHERE id = %s"
        owner_db.execute(statement.encode(), [record.pk])

    tables = "consentrecord", "leaf"
    for table in tables:
        owner_db.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER".encode())
    yield changing
    for table in tables:
        owner_db.execute(f"ALTER TABLE ledger_{table} ENABLE TRIGGER USER".encode())


@pytest.fixture
def forged(cafe: Business, person: str, change: Change) -> ConsentRecord:
    """The person withdrew the newsletter; the database says now that they agreed."""
    with cafe.scope():
        record = ConsentRecord.objects.get(decision=ConsentRecord.Decision.WITHDRAWN)
    change(record, "decision = 'granted'")
    return record


@pytest.fixture
def owner(client: Any, cafe: Business) -> Any:
    client.force_login(cafe.owner)
    return client


def standings(business: Business) -> dict[str, Standing]:
    with business.scope():
        records = list(ConsentRecord.objects.select_related("text_version"))
        examined = examine(records)
        return {record.place: examined.standing(record) for record in records}


def test_what_nobody_touched_is_proven_once_it_is_sealed(
    cafe: Business, recorded: Callable[..., Any]
) -> None:
    recorded(cafe, 2)
    assert set(standings(cafe).values()) == {Standing.SOON}

    seal()

    assert set(standings(cafe).values()) == {Standing.PROVEN}


def test_a_changed_record_is_an_alarm_with_its_number(cafe: Business, forged: Any) -> None:
    with capture_logs() as lines:
        found = standings(cafe)

    assert found["=form 2"] == Standing.NOT
    assert found["=form 1"] == found["visitor 0"] == Standing.PROVEN
    assert [(line["event"], line["row"], line["log_level"]) for line in lines] == [
        ("record_not_as_recorded", str(forged.pk), "error")
    ]


def test_a_record_rewritten_with_its_leaf_stands_out_as_well(
    cafe: Business, person: str, change: Change
) -> None:
    with cafe.scope():
        record = ConsentRecord.objects.select_related("text_version").get(decision="granted")
        leaf = Leaf.objects.get(pk=record.pk)
        record.decision = ConsentRecord.Decision.REFUSED
        rewritten = leaf_of(
            body_hash(record, record.text_version.sha256), bytes(leaf.identity_hash)
        )
    change(record, "decision = 'refused'")
    change(record, f"hash = decode('{rewritten.hex()}', 'hex')", "leaf")

    assert standings(cafe)["=form 1"] == Standing.NOT


@pytest.mark.parametrize("place", ["77777", "-1"])
def test_a_leaf_in_no_place_of_the_tree_proves_nothing_and_hides_no_other(
    cafe: Business, person: str, change: Change, place: str
) -> None:
    with cafe.scope():
        record = ConsentRecord.objects.get(decision="granted")
    change(record, f"position = {place}", "leaf")

    found = standings(cafe)

    assert found.pop("=form 1") == Standing.NOT
    assert set(found.values()) == {Standing.PROVEN}


def test_a_record_that_waits_and_was_changed_stands_out(
    cafe: Business, recorded: Callable[..., Any], change: Change
) -> None:
    changed, _untouched = recorded(cafe, 2)
    change(changed, "decision = 'refused'")

    assert standings(cafe) == {"form 0": Standing.NOT, "form 1": Standing.SOON}


def test_a_record_that_never_came_through_the_product_is_none(
    cafe: Business, recorded: Callable[..., Any], owner_db: psycopg.Connection[Any]
) -> None:
    (record,) = recorded(cafe, 1)
    owner_db.execute("DELETE FROM ledger_pendingleaf WHERE id = %s", [record.pk])

    assert standings(cafe) == {"form 0": Standing.NOT}


def test_a_record_under_another_s_name_stands_out(
    cafe: Business, person: str, owner_db: psycopg.Connection[Any]
) -> None:
    owner_db.execute("UPDATE ledger_consentidentity SET salt = decode(repeat('00', 32), 'hex')")

    found = standings(cafe)

    assert found["=form 1"] == Standing.NOT
    assert found["visitor 0"] == Standing.PROVEN


def test_the_list_says_so_and_shows_no_grant(owner: Any, forged: ConsentRecord) -> None:
    page = owner.get(PAGE).text

    row = next(row for row in page.split("<tr") if f"{PAGE}{forged.pk}/" in row)
    assert "nein: nicht wie erfasst" in row
    assert "state-good" not in row
    assert "state-bad" in row
    assert "Nicht so, wie es erfasst wurde" in page
    assert page.count("nein: nicht wie erfasst") == 1


def test_its_own_page_says_so_and_offers_no_proof(owner: Any, forged: ConsentRecord) -> None:
    page = owner.get(f"{PAGE}{forged.pk}/").text

    assert "Nicht so, wie es erfasst wurde" in page
    assert "state-good" not in page
    assert "Nachweis herunterladen" not in page
    answer = owner.get(f"{PAGE}{forged.pk}/proof.json", follow=True)
    assert "Zu diesem Eintrag gibt es keinen Nachweis" in answer.text


def test_among_a_person_s_other_records_it_is_marked_as_well(
    owner: Any, cafe: Business, forged: ConsentRecord
) -> None:
    with cafe.scope():
        shown = ConsentRecord.objects.get(decision=ConsentRecord.Decision.SHOWN)

    page = owner.get(f"{PAGE}{shown.pk}/").text

    others = page[page.index("Weitere") :]
    assert others.count("nein: nicht wie erfasst") == 1


def test_the_state_on_a_day_does_not_call_it_granted(
    owner: Any, person: str, forged: ConsentRecord
) -> None:
    page = owner.get(f"{PAGE}?person={searched(owner, person)}").text

    state = page[page.index("Was für diese Person gilt") : page.index('id="narrow"')]
    assert "nein: nicht wie erfasst" in state
    assert "state-good" not in state


def test_the_paper_names_it_instead_of_sealing_it_as_proven(
    owner: Any, person: str, forged: ConsentRecord, verify: Callable[..., Any]
) -> None:
    pdf = owner.get(f"{PAGE}export.pdf?person={searched(owner, person)}").content

    text = words_of(pdf)
    assert "1 Eintrag ist nicht echt" in text
    assert str(forged.pk) in text.replace(" ", "")
    assert "Newsletter: nicht echt" in text
    assert text.count("ja, Platz") == 2
    assert "nicht bekannt: der Eintrag ist nicht echt" in text
    code, said = verify(files_in(pdf)["consents.jsonl"])
    assert (code, "2 of 2 records" in said) == (0, True)


def test_the_table_says_so_beside_it(owner: Any, forged: ConsentRecord) -> None:
    text = owner.get(f"{PAGE}export.csv").content.decode("utf-8-sig")

    rows = {row["Nachweis"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}
    assert rows.pop(str(forged.pk))["Nachweisbar"] == "nein: nicht wie erfasst"
    assert {row["Nachweisbar"] for row in rows.values()} == {"ja"}


def test_the_graph_has_no_receipt_of_it_and_names_it(
    owner: Any, forged: ConsentRecord, verify: Callable[..., Any]
) -> None:
    content = owner.get(f"{PAGE}export.jsonld").content

    said = json.loads(content)
    assert len(said["@graph"]) == 4
    assert str(forged.pk) not in json.dumps(said["@graph"])
    assert said["chatbo:notAsRecorded"] == [f"urn:uuid:{forged.pk}"]
    code, report = verify(content)
    assert (code, "4 of 4 records" in report) == (3, True)
    assert f"NOT PROVED: No receipt of urn:uuid:{forged.pk}" in report
    file = SimpleUploadedFile("consents.jsonld", content, content_type="application/ld+json")
    assert "1 weiterer war an ChatBo vorbei geändert" in (
        owner.post("/verify/", {"document": file}).text
    )


def test_whatever_is_genuine_names_nothing_beside_it(owner: Any, person: str) -> None:
    assert set(json.loads(owner.get(f"{PAGE}export.jsonld").content)) == {"@context", "@graph"}


def test_verify_calls_the_paper_genuine_all_the_same(
    owner: Any, person: str, forged: ConsentRecord
) -> None:
    """It says the truth about that record, so its seal may be believed."""
    pdf = owner.get(f"{PAGE}export.pdf").content

    file = SimpleUploadedFile("proof.pdf", pdf, content_type="application/pdf")
    assert "Echt und unverändert" in owner.post("/verify/", {"document": file}).text
    assert re.search(r"1 Eintrag ist nicht\s+echt", words_of(pdf))
