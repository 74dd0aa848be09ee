"""The sealed proof on paper: what it says, that it is ours, and what lies inside."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from pyhanko.pdf_utils.reader import PdfFileReader

from chatbo.foundation.documents.verify import verify_pdf
from consent.ledger import proof_pdf as paper
from consent.ledger.errors import TooManyForPaperError
from consent.ledger.export_models import ConsentExport
from consent.ledger.models import ConsentRecord
from consent.ledger.selecting import Selection
from consent.ledger.writing import Wish, pieces_of
from tests.foundation.documents.readers import fonts, is_pdf_a_3b, page_texts
from tests.searching import searched

PAGE = "/app/cafe-morgenrot/consents/"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def take(cafe):
    """The document on what is asked for."""

    def taking(asked="", person="", language="de") -> bytes:
        wish = Wish(
            ConsentExport.Form.PROOF,
            Selection(asked, person),
            cafe.tenant,
            timezone.now(),
            by="Clara Beispiel",
        )
        with cafe.scope(), translation.override(language):
            return b"".join(piece.content for piece in pieces_of(wish))

    return taking


def words_of(pdf) -> str:
    return " ".join(" ".join(page_texts(pdf)).split())


def files_in(pdf) -> dict[str, bytes]:
    names = PdfFileReader(BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
    pairs = [names[place] for place in range(len(names))]
    return {
        str(name): spec["/EF"]["/F"].data
        for name, spec in zip(pairs[::2], pairs[1::2], strict=True)
    }


def test_it_says_who_about_whom_when_and_how_many(take, person):
    text = words_of(take(person=person))

    assert "Nachweis von Einwilligungen" in text
    assert "Café Morgenrot" in text
    assert person in text
    assert "Clara Beispiel" in text
    assert "Seite 1 von" in text


def test_each_record_says_what_how_when_where_and_whether_it_can_be_proven(take, person):
    text = words_of(take(person=person))

    for said in ("Newsletter: gezeigt", "Newsletter: erteilt", "Newsletter: widerrufen"):
        assert said in text
    assert text.count("ja, Platz") == 3
    assert "Durch Ankreuzen in einem abgeschickten Formular; Registrierung: =form 1" in text


def test_of_a_person_what_holds_stands_first(take, person):
    first = " ".join(page_texts(take("decision=granted", person=person))[0].split())

    assert "Was für diese Person gilt" in first
    assert re.search(r"Newsletter widerrufen, \S+ \S+ MES?Z; .*; nachweisbar", first)


def test_of_a_filter_it_says_of_nobody_what_holds(take, person):
    assert "Was für diese Person gilt" not in words_of(take("decision=granted"))


def test_each_time_has_its_zone(take, person):
    text = words_of(take(person=person))

    zones = re.findall(r"\d\d\.\d\d\.\d{4} \d\d:\d\d (\w*)", text)
    assert len(zones) > 6
    assert set(zones) <= {"MEZ", "MESZ"}


def test_places_are_counted_from_one(take, person):
    text = words_of(take())

    assert {int(place) for place in re.findall(r"ja, Platz (\d+)", text)} == {1, 2, 3, 4, 5}
    assert "Programme zählen ihre Plätze von 0 an" in text


def test_what_was_shown_stands_in_it_once_word_for_word(take, person):
    text = words_of(take(person=person))

    assert text.count("Ja, bitte.") == 1
    assert "Wortlaut 2" in text
    assert "Wortlaut 3" not in text


def test_a_filter_s_stands_in_words_and_names_nobody(take, person):
    pdf = take("decision=granted&since=2026-01-05")

    text = words_of(pdf)
    assert "Entscheidung Erteilt" in text
    assert "5. Januar 2026" in text
    assert person not in text
    assert person.encode() not in b"".join(files_in(pdf).values())


def test_it_is_in_the_language_that_is_asked_for(take, person):
    assert "Proof of consents" in words_of(take(person=person, language="en"))


def test_it_is_pdf_a_with_our_fonts(take, person):
    pdf = take(person=person)

    assert is_pdf_a_3b(pdf)
    assert all(embedded for _name, embedded in fonts(pdf))


def test_the_seal_is_ours_and_nothing_may_change_behind_it(take, person):
    pdf = take(person=person)

    report = verify_pdf(pdf)
    assert report.complete
    (signature,) = report.signatures
    assert (signature.name, signature.certifies) == ("ProXpert GmbH", True)
    place = pdf.rindex(b"startxref")
    assert not verify_pdf(pdf + pdf[place:]).genuine


def test_verify_calls_it_genuine_and_one_that_was_changed_not(client, take, person):
    pdf = take(person=person)
    changed = pdf.replace(b"/Title", b"/Titel", 1)
    assert changed != pdf

    def finding(content):
        file = SimpleUploadedFile("proof.pdf", content, content_type="application/pdf")
        return client.post("/verify/", {"document": file}).text

    assert "Echt und unverändert" in finding(pdf)
    assert "Echt und unverändert" not in finding(changed)


def test_the_file_inside_is_checked_without_us(take, person, verify):
    inside = files_in(take(person=person))["consents.jsonl"]

    code, said = verify(inside)
    assert (code, "3 of 3 records" in said) == (0, True)
    assert person.encode() in inside
    assert verify(inside.replace(b'"granted"', b'"refused"'))[0] == 1
    assert verify(inside.replace(person.encode(), b"other@example.org"))[0] == 1
    assert verify(inside + inside.splitlines(keepends=True)[0])[0] == 1


def test_one_record_s_file_is_checked_as_well(take, person, verify):
    inside = files_in(take("decision=granted"))["consents.jsonl"]

    assert len(inside.splitlines()) == 1
    assert verify(inside)[0] == 0


def test_what_is_not_sealed_yet_is_printed_and_said_not_to_be_provable(take, cafe, person, record):
    with cafe.scope():
        record(place="new")
    pdf = take()

    text = words_of(pdf)
    assert "noch nicht versiegelt" in text
    assert "1 Eintrag ist zu neu" in text
    assert len(files_in(pdf)["consents.jsonl"].splitlines()) == 5


def test_of_nothing_it_says_that_there_is_nothing(take, person):
    pdf = take(person="nobody@example.org")

    assert "nichts erfasst" in words_of(pdf)
    assert verify_pdf(pdf).complete
    assert b"/EmbeddedFiles" not in pdf


def test_of_many_the_newest_are_printed_and_all_are_inside(take, person, monkeypatch):
    monkeypatch.setattr(paper, "MOST_PRINTED", 2)
    pdf = take()

    text = words_of(pdf)
    assert "5 (die neuesten 2 sind gedruckt" in text
    assert "Alle 5 stehen in der Datei" in text
    assert text.count("Nummer des Eintrags") == 2
    assert len(files_in(pdf)["consents.jsonl"].splitlines()) == 5


def test_of_too_many_there_is_no_paper(take, person, monkeypatch):
    monkeypatch.setattr(paper, "MOST_INSIDE", 4)

    with pytest.raises(TooManyForPaperError):
        take()


def test_what_somebody_wrote_is_no_markup(take, cafe, record):
    with cafe.scope():
        record(place="<script>alert(1)</script><b>x", decision=ConsentRecord.Decision.GRANTED)

    pdf = take()
    assert "<script>alert(1)</script><b>x" in words_of(pdf)
    assert verify_pdf(pdf).complete


def test_the_page_hands_it_out_as_a_file_to_save(client, cafe, person):
    client.force_login(cafe.owner)

    answer = client.get(f"{PAGE}export.pdf?person={searched(client, person)}")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    assert cafe.owner.name in words_of(answer.content)
