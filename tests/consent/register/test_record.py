"""The record of processing: everything that Art. 30 GDPR asks for, for each of its readers."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pyhanko.pdf_utils.reader import PdfFileReader

from chatbo.foundation import operator
from chatbo.foundation.isolation import platform_scope
from consent.register import files
from consent.register.files import TYPES, processor_file, record_file
from consent.register.record import Record, record_as_processor, record_of, record_of_chatbo
from dpa.subprocessors.publishing import publish_subprocessor
from tenants.accounts.models import Tenant
from tenants.bots.models import Bot, Channel
from tests.foundation.documents.readers import is_pdf_a_3b, page_texts

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
DOCUMENTATION = Path(settings.BASE_DIR) / "docs" / "record-of-processing.md"


@pytest.fixture
def named(cafe: Any) -> Any:
    with cafe.scope():
        Tenant.objects.update(
            street="Rosenweg 4",
            postal_code="04109",
            city="Leipzig",
            representative="Maria Beispiel",
            representative_function="Geschäftsführerin",
            contact_email="kontakt@cafe-morgenrot.example",
            contact_phone="+49 341 1234567",
            data_protection_officer="Dr. Datenschutz, dsb@kanzlei.example",
        )
        cafe.tenant.refresh_from_db()
        bot = Bot.objects.create(name="Frieda", retention_months=7)
        Channel.objects.create(bot=bot, platform="telegram", external_id="1")
    return cafe


def recorded(business: Any, language: str = "en") -> Record:
    with business.scope():
        return record_of(business.tenant, language=language)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_it_names_the_controller_in_full(named: Any) -> None:
    controller = recorded(named).controller

    assert controller.name == "Café Morgenrot"
    assert controller.address == "Rosenweg 4, 04109 Leipzig"
    assert controller.email == "kontakt@cafe-morgenrot.example"
    assert controller.representative == "Maria Beispiel (Geschäftsführerin)"
    assert controller.data_protection_officer == "Dr. Datenschutz, dsb@kanzlei.example"
    assert controller.is_complete


def test_it_says_when_the_controller_is_not_named_in_full(cafe: Any) -> None:
    assert not recorded(cafe).controller.is_complete
    assert not recorded(cafe).has_channel


def test_chatbo_and_its_own_processors_are_recipients_everywhere(named: Any) -> None:
    with platform_scope("test"):
        publish_subprocessor(
            name="Cloud Inc.",
            purpose_de="Server",
            purpose_en="Servers",
            place="Boston",
            country="US",
            since=AT.date().replace(year=2020),
            transfer_ground="DPF",
        )
    for activity in recorded(named).activities:
        names = [recipient.name for recipient in activity.recipients]
        assert operator.NAME in names
        assert "Cloud Inc." in names
        assert ("United States", "DPF") in [(r.country, r.ground) for r in activity.transfers]
    german = recorded(named, "de").activities[0].recipients[-1]
    assert (german.country, german.role) == (
        "Vereinigte Staaten",
        "Auftragsverarbeiter von ChatBo: Server",
    )


def test_the_measures_are_those_of_annex_2_with_their_version(named: Any) -> None:
    assert recorded(named, "de").measures.startswith("Anlage 2: Technische und organisatorische")
    assert "Fassung 1" in recorded(named, "de").measures


def test_the_pdf_says_it_all_in_both_languages_and_lasts(named: Any) -> None:
    for language, words in {
        "de": ("Verzeichnis von Verarbeitungstätigkeiten", "Rechtsgrundlage", "7 Monate"),
        "en": ("Record of processing activities", "Legal basis", "7 months"),
    }.items():
        record = recorded(named, language)
        pdf = record_file(record, "pdf", at=AT)
        pages = page_texts(pdf)
        text = " ".join(" ".join(pages).split())

        assert pdf == record_file(record, "pdf", at=AT)
        for word in (*words, "Café Morgenrot", "Maria Beispiel", "Dr. Datenschutz"):
            assert word in text, word
        for activity in record.activities:
            assert activity.title in text
        of = "von" if language == "de" else "of"
        for number, page in enumerate(pages, start=1):
            assert f"{number} {of} {len(pages)}" in page
        assert is_pdf_a_3b(pdf)


def test_the_csv_has_one_row_an_activity_for_a_spreadsheet(named: Any) -> None:
    content = record_file(recorded(named, "de"), "csv", at=AT)

    assert content.startswith("\ufeff".encode())
    telegram, proof = rows(content)
    assert telegram["Verarbeitungstätigkeit"] == "Chatbot in Telegram"
    assert "Art. 6 Abs. 1" in telegram["Rechtsgrundlage"]
    assert "Britische Jungferninseln" in telegram["Übermittlung in Drittländer"]
    assert proof["Übermittlung in Drittländer"] == "keine"
    assert all(all(row.values()) for row in (telegram, proof))


def test_what_somebody_typed_is_no_formula_in_a_spreadsheet(named: Any) -> None:
    with named.scope():
        Tenant.objects.update(
            company='=HYPERLINK("https://evil.example")', representative="@SUM(1)"
        )
        named.tenant.refresh_from_db()
    content = record_file(recorded(named), "csv", at=AT)

    (row, *_rest) = rows(content)
    assert row["Controller"].startswith("'=HYPERLINK")
    assert row["Represented by"].startswith("'@SUM")


def keys_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys_in(inner)}
    if isinstance(value, list):
        return {key for inner in value for key in keys_in(inner)}
    return set()


def test_the_json_has_the_same_keys_in_every_language_and_each_is_documented(named: Any) -> None:
    german, english = (
        json.loads(record_file(recorded(named, language), "json", at=AT))
        for language in ("de", "en")
    )
    with platform_scope("test"):
        processor = json.loads(
            processor_file(record_as_processor(Tenant.objects.all(), language="en"), "json", at=AT)
        )

    assert keys_in(german) == keys_in(english)
    assert [a["key"] for a in german["activities"]] == ["telegram", "proof"]
    assert german["controller"]["address"] == "Rosenweg 4, 04109 Leipzig"
    documented = DOCUMENTATION.read_text()
    for key in keys_in(english) | keys_in(processor):
        assert f"`{key}`" in documented, key


@pytest.mark.parametrize("form", TYPES)
def test_chatbos_own_record_names_what_it_does_for_itself(form: str, named: Any) -> None:
    with platform_scope("test"):
        record = record_of_chatbo(language="en")
        content = record_file(record, form, at=AT)

    text = " ".join(page_texts(content)) if form == "pdf" else content.decode()
    for activity in record.activities:
        assert activity.title in text
    assert operator.NAME in text
    assert "Café" not in text


@pytest.mark.parametrize("form", TYPES)
def test_chatbos_record_as_processor_names_every_customer_and_what_is_on_there(
    form: str, named: Any, dentist: Any
) -> None:
    with platform_scope("test"):
        record = record_as_processor(Tenant.objects.all(), language="en")
        content = processor_file(record, form, at=AT)

    text = " ".join(page_texts(content)) if form == "pdf" else content.decode()
    assert "Café Morgenrot" in text
    assert "Zahnarzt Linde" in text
    if form == "json":
        found = json.loads(content)
        assert {c["name"]: c["categories"] for c in found["controllers"]} == {
            "Café Morgenrot": [
                "Chatbot on Telegram",
                "Proof of consents, notices and erasures",
            ],
            "Zahnarzt Linde": ["Proof of consents, notices and erasures"],
        }


def test_thirty_customers_take_as_many_queries_as_one(named: Any) -> None:
    def asked() -> int:
        with platform_scope("test"), CaptureQueriesContext(connection) as queries:
            list(record_as_processor(Tenant.objects.all(), language="en").customers)
        return len(queries)

    one = asked()
    with platform_scope("test"):
        for number in range(30):
            Tenant.objects.create(slug=f"t{number}", company=f"T {number}")
    assert asked() == one


def test_too_many_customers_to_print_are_in_a_file_inside_the_pdf(
    named: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_ON_PAPER", 0)
    with platform_scope("test"):
        record = record_as_processor(Tenant.objects.all(), language="en")
        pdf = processor_file(record, "pdf", at=AT)

    text = " ".join(" ".join(page_texts(pdf)).split())
    assert "Café Morgenrot" not in text
    assert "All 1 stand in the file controllers.csv inside this document." in text
    inside = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"][1]
    assert inside["/F"] == "controllers.csv"
    assert "Café Morgenrot" in inside["/EF"]["/F"].data.decode("utf-8-sig")
    assert is_pdf_a_3b(pdf)
