"""The page of consent records: reading it, finding in it, taking it along."""

import base64
import csv
import io
import json
import re

import pytest

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.signing import believed_keys
from consent.ledger.export_models import ConsentExport
from consent.ledger.heads import read_head
from consent.ledger.leaves import canonical, leaf_of, salted
from consent.ledger.merkle import is_included
from consent.ledger.models import ConsentRecord, TreeHead
from consent.ledger.recording import record_consent
from consent.ledger.sealing import seal
from consent.texts.versions import text_in_force
from tests.searching import searched

PAGE = "/app/cafe-morgenrot/consents/"
ADDRESS = "guest@example.org"


@pytest.fixture
def records(cafe):
    with cafe.scope():
        return [
            record_consent(
                text_in_force(f"consent-{purpose.replace('_', '-')}", "de"),
                purpose=ConsentRecord.Purpose(purpose),
                decision=decision,
                source=ConsentRecord.Source.SIGNUP,
                controller=ConsentRecord.Controller.PLATFORM,
                place="=1+1",
                person_id=person,
                identifier=ADDRESS if person else "",
                network="203.0.113.77",
            )
            for purpose, decision, person in [
                ("newsletter", ConsentRecord.Decision.GRANTED, new_id()),
                ("third_party", ConsentRecord.Decision.REFUSED, None),
            ]
        ]


@pytest.fixture
def owner(client, cafe):
    client.force_login(cafe.owner)
    return client


def rows_of(page) -> list[str]:
    """As on the page: outside of the request's scope the table itself would be empty."""
    # Above the table of one person's records stand those that hold, again.
    return list(dict.fromkeys(re.findall(rf'href="{PAGE}([0-9a-f-]{{36}})/"', page.text)))


def test_without_records_the_page_says_what_will_stand_here(owner):
    page = owner.get(PAGE, headers={"accept-language": "en"})

    assert "No consent has been recorded yet" in page.text


def test_the_records_stand_newest_first(owner, records):
    assert rows_of(owner.get(PAGE)) == [str(record.pk) for record in reversed(records)]


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ("purpose=newsletter", [0]),
        ("decision=refused", [1]),
        ("source=bot", []),
        ("since=2999-01-01", []),
        ("since=nonsense", []),
        ("until=2020-01-01", []),
        ("until=2999-01-01", [1, 0]),
        ("text=nonsense", []),
    ],
)
def test_the_page_can_be_narrowed_down(owner, records, narrowed, found):
    assert rows_of(owner.get(f"{PAGE}?{narrowed}")) == [str(records[n].pk) for n in found]


@pytest.mark.parametrize(
    ("narrowed", "said"),
    [
        ("since=2026-13-45", 'href="#id_since"'),
        ("until=nonsense", 'href="#id_until"'),
        ("purpose=nonsense", 'href="#id_purpose"'),
        ("text=nonsense", "Den Text, den die Adresse nennt, gibt es nicht."),
        ("since=2026-02-02&until=2026-02-01", 'href="#id_until"'),
    ],
)
def test_what_the_page_does_not_understand_it_names_and_takes_nothing_along(
    owner, cafe, records, narrowed, said
):
    """Never all records instead of those that were meant: on the page, in a file, in a job."""
    shown = owner.get(f"{PAGE}?{narrowed}")
    assert "data-error-summary" in shown.text
    assert said in shown.text
    assert rows_of(shown) == []

    for kind in ("csv", "jsonld", "pdf"):
        refused = owner.get(f"{PAGE}export.{kind}?{narrowed}")
        assert refused.status_code == 400
        assert "Es wurde nichts mitgenommen" in refused.text
    refused = owner.post(f"{PAGE}files/?{narrowed}", {"form": "csv"})
    assert refused.status_code == 400
    with cafe.scope():
        assert not AuditEntry.objects.filter(action="consents.exported").exists()
        assert not ConsentExport.objects.exists()


@pytest.mark.parametrize(("words", "found"), [(ADDRESS, [0]), ("guest", [])])
def test_one_person_s_records_are_found_by_exactly_what_they_are_known_by(
    owner, records, words, found
):
    page = owner.post("/search/", {"page": PAGE, "q": words}).url

    assert words not in page
    assert rows_of(owner.get(page)) == [str(records[n].pk) for n in found]


def test_a_version_leads_to_the_records_with_it(owner, records):
    way = f"{PAGE}?text={records[0].text_version.pk}"

    assert f'href="{way}"' in owner.get(PAGE).text
    assert rows_of(owner.get(way)) == [str(records[0].pk)]


def test_a_record_shows_its_text_word_for_word(owner, records):
    page = owner.get(f"{PAGE}{records[0].pk}/")

    assert records[0].text_version.sha256 in page.text
    assert records[0].text_version.body.split("\n")[0][:40] in page.text
    assert "203.0.113.0" in page.text


def test_reading_is_noted(owner, cafe, records):
    owner.get(f"{PAGE}?person={searched(owner, ADDRESS)}")
    owner.get(f"{PAGE}{records[0].pk}/")
    owner.get(f"{PAGE}export.csv")

    with cafe.scope():
        noted = AuditEntry.objects.filter(action__startswith="consents.").order_by("at")
        assert [entry.action for entry in noted] == [
            "consents.read",
            "consents.read",
            "consents.exported",
        ]
        assert all(ADDRESS not in str(entry.details) for entry in noted)


def test_the_export_holds_what_the_filter_shows_and_no_formula(owner, records):
    answer = owner.get(f"{PAGE}export.csv?decision=refused")

    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [str(records[1].pk)]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_the_neighbour_sees_neither_page_nor_record(client, dentist, records):
    client.force_login(dentist.owner)

    assert client.get(PAGE).status_code == 404
    assert client.get(f"/app/zahnarzt-linde/consents/{records[0].pk}/").status_code == 404


def test_a_stranger_is_sent_to_the_log_in(client, cafe):
    assert "/accounts/login/" in client.get(PAGE).url


def test_a_record_is_provable_once_it_is_sealed(owner, records):
    assert "innerhalb einer Minute" in owner.get(PAGE).text

    seal()

    page = owner.get(f"{PAGE}{records[0].pk}/").text
    assert "innerhalb einer Minute" not in owner.get(PAGE).text
    assert "Nachweis herunterladen" in page
    assert TreeHead.objects.get().note.split("\n")[2] in page


def test_the_proof_is_taken_along_with_the_person(owner, cafe, records):
    seal()

    proof = json.loads(owner.get(f"{PAGE}{records[0].pk}/proof.json").text)

    assert proof["identity"]["identifier"] == ADDRESS
    leaf = leaf_of(
        salted(base64.b64decode(proof["body_salt"]), canonical(proof["body"])),
        base64.b64decode(proof["identity_hash"]),
    )
    head = read_head(proof["checkpoint"], believed_keys())
    path = [base64.b64decode(step) for step in proof["path"]]
    assert is_included(leaf, position=proof["position"], size=head.size, proof=path, root=head.root)
    with cafe.scope():
        assert AuditEntry.objects.filter(action="consents.exported").count() == 1


def test_before_it_is_sealed_there_is_no_proof_to_take_along(owner, records):
    assert owner.get(f"{PAGE}{records[0].pk}/proof.json").status_code == 404


def test_the_neighbour_takes_no_proof_along(client, dentist, records):
    seal()
    client.force_login(dentist.owner)

    assert client.get(f"{PAGE}{records[0].pk}/proof.json").status_code == 404
    theirs = f"/app/zahnarzt-linde/consents/{records[0].pk}/proof.json"
    assert client.get(theirs).status_code == 404


def test_what_held_for_a_person_on_a_day_stands_above_their_records(owner, records):
    today = owner.get(f"{PAGE}?person={searched(owner, ADDRESS)}").text
    earlier = owner.get(f"{PAGE}?person={searched(owner, ADDRESS)}&on=2020-01-01").text
    nonsense = owner.get(f"{PAGE}?person={searched(owner, ADDRESS)}&on=2020-13-01").text

    assert "Was für diese Person gilt" in today
    assert "ist zu dieser Person nichts erfasst" in earlier
    assert "ist zu dieser Person nichts erfasst" not in today + nonsense
    assert "Das ist kein Tag" in nonsense
    assert "Was für diese Person gilt" not in owner.get(PAGE).text


def test_the_form_is_shown_as_it_was(owner, cafe):
    with cafe.scope():
        record = record_consent(
            text_in_force("consent-newsletter", "de"),
            purpose=ConsentRecord.Purpose.NEWSLETTER,
            decision=ConsentRecord.Decision.GRANTED,
            source=ConsentRecord.Source.SIGNUP,
            controller=ConsentRecord.Controller.PLATFORM,
            form='Ja, <a href="/legal/privacy/">bitte</a><script>alert(1)</script>',
        )
    page = owner.get(f"{PAGE}{record.pk}/").text

    assert "&lt;a href=&quot;/legal/privacy/&quot;&gt;bitte" in page
    assert "<script>alert" not in page
    assert "<p>Ja, bitte</p>" in page


def test_a_record_shows_the_form_as_it_was_filled_in_and_no_placeholder_before(owner, cafe):
    with cafe.scope():
        record = record_consent(
            text_in_force("bot-notice", "de"),
            purpose=ConsentRecord.Purpose.NOTICE,
            decision=ConsentRecord.Decision.SHOWN,
            source=ConsentRecord.Source.BOT,
            controller=ConsentRecord.Controller.TENANT,
            form="Hier antwortet ein Chatbot von Café Morgenrot.",
        )
    page = owner.get(f"{PAGE}{record.pk}/").text

    words = page[page.index("Der Text, Wort für Wort") :]
    filled, _, raw = words.partition("<details")
    assert "von Café Morgenrot." in filled
    assert 'class="blank"' not in filled
    assert 'class="blank"' in raw


def test_the_search_for_a_person_stands_first_with_label_and_button(owner, records):
    page = owner.get(PAGE).text
    main = page[page.index('<main id="content"') :]

    assert main.index('role="search"') < main.index('id="narrow"') < main.index('id="weeks"')
    assert '<label class="form-label" for="id_q">Einträge zu einer Person finden' in main
    assert main.count('role="search"') == 1
    assert "Suchen" in main[main.index('role="search"') : main.index('id="narrow"')]


def test_a_pseudonym_finds_its_records_and_names_nobody(owner, cafe, records):
    pseudonym = str(records[0].subject_id)
    way = owner.post("/search/", {"page": PAGE, "q": f" {pseudonym} "}).url
    seal()

    assert pseudonym not in way
    assert rows_of(owner.get(way)) == [str(records[0].pk)]
    graph = owner.get(way.replace("consents/?", "consents/export.jsonld?")).text
    assert ADDRESS not in graph


def test_a_pseudonym_finds_the_records_of_whom_nobody_knows_any_more(owner, records):
    way = owner.post("/search/", {"page": PAGE, "q": str(records[1].subject_id)}).url

    assert rows_of(owner.get(way)) == [str(records[1].pk)]


def test_a_row_leads_to_all_records_on_its_person(owner, records):
    page = owner.get(PAGE).text
    end = str(records[0].subject_id)[-6:]
    way = re.search(rf'href="([^"]*)" aria-label="[^"]*{end}"', page)

    assert way is not None
    assert str(records[0].subject_id) not in way[1]
    assert rows_of(owner.get(way[1])) == [str(records[0].pk)]


def test_links_to_records_of_one_purpose_have_names_of_their_own(owner, cafe):
    with cafe.scope():
        for _ in range(2):
            record_consent(
                text_in_force("consent-newsletter", "de"),
                purpose=ConsentRecord.Purpose.NEWSLETTER,
                decision=ConsentRecord.Decision.REFUSED,
                source=ConsentRecord.Source.SIGNUP,
                controller=ConsentRecord.Controller.PLATFORM,
            )
    page = owner.get(PAGE).text

    named = re.findall(rf'<a href="{PAGE}[0-9a-f-]{{36}}/">(.*?)</a>', page)
    assert len(named) == len(set(named)) == 2


def test_a_time_that_ends_before_it_begins_is_an_error_at_its_field(owner, records):
    page = owner.get(f"{PAGE}?since=2026-05-02&until=2026-05-01").text

    assert "Dieser Tag liegt vor „Seit“" in page
    assert 'aria-invalid="true"' in page
    same = owner.get(f"{PAGE}?since=2026-05-02&until=2026-05-02").text
    assert "Dieser Tag liegt vor „Seit“" not in same


def test_a_day_still_to_come_has_no_state(owner, records):
    page = owner.get(f"{PAGE}?person={searched(owner, ADDRESS)}&on=2999-01-01").text

    assert "Dieser Tag kommt erst noch" in page


def test_the_state_names_version_and_provability_of_each_word(owner, records):
    def state() -> str:
        page = owner.get(f"{PAGE}?person={searched(owner, ADDRESS)}").text
        return page[page.index("Was für diese Person gilt") : page.index('id="narrow"')]

    assert "innerhalb einer Minute" in state()
    seal()
    assert f"{records[0].text_version.title}, Version 1, Deutsch" in state()
    assert "innerhalb einer Minute" not in state()


def test_one_person_s_table_names_whom_it_is_about(owner, records):
    def columns(address: str) -> list[list[str]]:
        text = owner.get(address).text.removeprefix("\ufeff")
        return list(csv.reader(io.StringIO(text), delimiter=";"))

    heading, row = columns(f"{PAGE}export.csv?person={searched(owner, ADDRESS)}")
    assert (heading[-1], row[-1]) == ("Gesuchte Person", ADDRESS)
    assert ADDRESS not in str(columns(f"{PAGE}export.csv"))
