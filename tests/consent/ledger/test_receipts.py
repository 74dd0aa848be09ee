"""A receipt: its address, its page and files, and the button that takes a consent back."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chatbo.foundation import operator
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.limits import LIMITS, MINUTE, Limit, Per
from consent.ledger.errors import NothingToWithdrawError, UnknownReceiptError
from consent.ledger.models import ConsentIdentity, ConsentRecord, ReceiptKey
from consent.ledger.receipt_views import shortened_identifier
from consent.ledger.receipts import open_receipt, receipt_address, receipt_code
from consent.ledger.sealing import seal
from consent.ledger.withdrawing import withdraw
from consent.ledger.wording import words_of
from consent.texts.fingerprints import fingerprint
from tests.conftest import Business

ADDRESS = "gustav@example.org"
Decision, Purpose = ConsentRecord.Decision, ConsentRecord.Purpose
Recording = Callable[..., ConsentRecord]

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(cafe: Business, record: Recording) -> ConsentRecord:
    """Gustav agreed to the newsletter, at the café."""
    with cafe.scope():
        return record(
            person_id=new_id(),
            identifier=ADDRESS,
            form='Yes, send me <a href="/x">news</a>.',
            place="/accounts/signup/",
            network="203.0.113.77",
        )


@pytest.fixture
def receipt(cafe: Business, agreed: ConsentRecord) -> str:
    """The path of its receipt."""
    with cafe.scope():
        return "/" + receipt_address(agreed).split("/", 3)[3]


@pytest.fixture
def reader() -> Client:
    return Client(enforce_csrf_checks=True)


def records_of(business: Business) -> list[ConsentRecord]:
    with business.scope():
        return list(ConsentRecord.objects.order_by("received_at", "id"))


# --- The address ---


def test_an_address_leads_to_its_record_alone(
    cafe: Business, agreed: ConsentRecord, record: Recording
) -> None:
    with cafe.scope():
        other = record()
        codes = [receipt_code(agreed), receipt_code(other)]
    with open_receipt(codes[0]) as found:
        assert found == agreed
    with open_receipt(codes[1]) as found:
        assert found == other


def test_writing_a_record_costs_nothing_for_its_receipt(
    cafe: Business, agreed: ConsentRecord, record: Recording
) -> None:
    with cafe.scope():
        for each in (record(), record(), agreed):
            receipt_code(each)
        assert ReceiptKey.objects.count() == 1


def test_an_address_stays_the_same(cafe: Business, agreed: ConsentRecord) -> None:
    with cafe.scope():
        assert receipt_address(agreed) == receipt_address(agreed)


@pytest.mark.parametrize("place", [0, 20, 21, 41, 42, 43, 63])
def test_a_guessed_address_leads_nowhere(receipt: str, reader: Client, place: int) -> None:
    code = receipt.split("/")[2]
    letter = "A" if code[place] != "A" else "B"
    guessed = code[:place] + letter + code[place + 1 :]

    with pytest.raises(UnknownReceiptError), open_receipt(guessed):
        pass
    page = reader.get(f"/receipt/{guessed}/")
    assert page.status_code == 404
    assert guessed not in page.text
    assert reader.get(f"/receipt/{guessed}/receipt.jsonld").status_code == 404
    assert reader.post(f"/receipt/{guessed}/withdraw/").status_code == 404


@pytest.mark.parametrize("code", ["x", "ä" * 64, "-" * 64, "+" * 64, "A" * 63 + "=", " " * 64])
def test_what_is_no_address_leads_nowhere(reader: Client, code: str) -> None:
    assert reader.get(f"/receipt/{code}/").status_code == 404


def test_one_business_s_key_opens_no_record_of_another(
    cafe: Business, dentist: Business, agreed: ConsentRecord, record: Recording
) -> None:
    """Whoever holds the dentist's secret makes no address of the café's."""
    with dentist.scope():
        theirs = record()
        key = receipt_code(theirs)
    with cafe.scope():
        mine = receipt_code(agreed)
    # The dentist's number in the café's place, and the other way round.
    for forged in (key[:21] + mine[21:], mine[:21] + key[21:]):
        with pytest.raises(UnknownReceiptError), open_receipt(forged):
            pass


def test_an_address_lives_on_under_new_keys(
    settings: Any, cafe: Business, agreed: ConsentRecord, receipt: str, reader: Client
) -> None:
    """A withdrawal must be as easy in two years (Art. 7(3) GDPR); an old key is gone by then."""
    import base64
    import secrets

    newer = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    before = settings.FIELD_KEYS
    settings.FIELD_KEYS = [newer, *before]
    with cafe.scope():
        for row in [*ReceiptKey.objects.all(), *ConsentIdentity.objects.all()]:
            row.save()
    settings.FIELD_KEYS = [newer]

    assert reader.get(receipt).status_code == 200


# --- The page ---


def test_the_page_says_what_was_agreed_to_word_for_word(receipt: str, reader: Client) -> None:
    page = reader.get(receipt, headers={"accept-language": "en"})

    assert page.status_code == 200
    assert "Yes, send me news." in page.text
    assert "/accounts/signup/" in page.text
    assert "ProXpert GmbH" in page.text
    assert "203.0.113.0" in page.text
    assert "203.0.113.77" not in page.text


def test_the_page_speaks_the_record_s_language_first(receipt: str, reader: Client) -> None:
    page = reader.get(receipt, headers={"accept-language": "en"})
    assert '<html lang="de"' in page.text

    reader.cookies["django_language"] = "en"
    page = reader.get(receipt)
    assert '<html lang="en"' in page.text
    assert "Your receipt" in page.text or "Receipt" in page.text


def test_the_page_shows_who_it_is_to_nobody_who_looks_on(receipt: str, reader: Client) -> None:
    page = reader.get(receipt)

    assert ADDRESS not in page.text
    assert "g…@example.org" in page.text


def test_only_where_somebody_is_named_the_page_says_that_the_receipt_names_them(
    cafe: Business, record: Recording, receipt: str, reader: Client
) -> None:
    with cafe.scope():
        anonymous = receipt_address(record(purpose=Purpose.CHAT))
    reader.cookies["django_language"] = "en"

    assert "names you in full" in reader.get(receipt).text
    page = reader.get(anonymous).text
    assert "names you in full" not in page
    assert "Neither of them names anybody." in page


def test_a_box_that_was_left_empty_is_not_said_to_have_been_ticked(
    cafe: Business, record: Recording, reader: Client
) -> None:
    with cafe.scope():
        path = receipt_address(record(decision=Decision.REFUSED, place="/accounts/signup/"))
    reader.cookies["django_language"] = "en"

    page = reader.get(path).text
    assert "by leaving the box empty" in page
    assert "by a tick" not in page
    assert "Sign-up: form" in page


@pytest.mark.parametrize(
    ("identifier", "shown"),
    [("a@b.example", "a…@b.example"), ("1234567890", "1…90"), ("@x", "…@x")],
)
def test_an_identifier_is_shortened(identifier: str, shown: str) -> None:
    assert shortened_identifier(identifier) == shown


def test_looking_leaves_no_trace_and_is_found_by_no_search_engine(
    receipt: str, reader: Client
) -> None:
    for path in (receipt, f"{receipt}receipt.jsonld"):
        answer = reader.get(path)
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies


def test_the_page_says_when_the_record_is_sealed(receipt: str, reader: Client) -> None:
    reader.cookies["django_language"] = "en"
    assert "is sealed within a minute" in reader.get(receipt).text
    assert reader.get(f"{receipt}proof.json").status_code == 404

    seal()

    page = reader.get(receipt).text
    assert "at position 0" in page
    assert "sealed within a minute" not in page


def test_a_form_s_words_are_shown_without_its_style() -> None:
    form = "<style>p{color:red}</style><p>Yes &amp;\n <b>no</b></p><p>Next</p><script>x</script>"

    assert words_of(form) == "Yes & no\nNext"
    assert words_of("As it\nstands") == "As it\nstands"


def test_what_a_form_holds_is_never_markup(
    cafe: Business, record: Recording, reader: Client
) -> None:
    with cafe.scope():
        path = receipt_address(record(form="&lt;script&gt;alert(1)&lt;/script&gt;"))

    assert "<script>alert" not in reader.get(path).text


def test_a_notice_is_shown_to_have_been_shown_and_cannot_be_withdrawn(
    cafe: Business, record: Recording, reader: Client
) -> None:
    with cafe.scope():
        shown = record(
            purpose=Purpose.NOTICE,
            decision=Decision.SHOWN,
            controller=ConsentRecord.Controller.TENANT,
            person_id=new_id(),
            identifier="17",
            shown_at=timezone.now(),
        )
        path = receipt_address(shown)
    reader.cookies["django_language"] = "en"

    page = reader.get(path).text
    assert cafe.tenant.company in page
    assert "/withdraw/" not in page
    assert "Withdrawing" not in page
    assert reader.post(f"{path}withdraw/").status_code == 409


def test_whoever_agreed_to_a_chat_reads_where_to_withdraw(
    cafe: Business, record: Recording, reader: Client
) -> None:
    with cafe.scope():
        path = receipt_address(record(purpose=Purpose.CHAT))
    reader.cookies["django_language"] = "en"

    page = reader.get(path).text
    assert "Unsubscribe" in page
    assert "/withdraw/" not in page


# --- Withdrawing ---


def test_one_press_withdraws(
    cafe: Business, agreed: ConsentRecord, receipt: str, reader: Client
) -> None:
    answer = reader.post(f"{receipt}withdraw/", REMOTE_ADDR="198.51.100.7")

    assert (answer.status_code, answer.url) == (302, receipt)
    first, last = records_of(cafe)
    assert first == agreed
    assert last.decision == Decision.WITHDRAWN
    assert (last.subject_id, last.purpose) == (agreed.subject_id, agreed.purpose)
    assert (last.source, last.way) == (ConsentRecord.Source.PAGE, ConsentRecord.Way.CLICK)
    assert last.text_version_id == agreed.text_version_id
    assert last.controller == agreed.controller
    assert (last.place, last.network) == ("/receipt/", "198.51.100.0")
    page = reader.get(receipt)
    assert f"{receipt}withdraw/" not in page.text


def test_pressed_twice_it_is_withdrawn_once(cafe: Business, receipt: str, reader: Client) -> None:
    for _ in range(3):
        assert reader.post(f"{receipt}withdraw/").status_code == 302

    assert [each.decision for each in records_of(cafe)] == [Decision.GRANTED, Decision.WITHDRAWN]


def test_looking_withdraws_nothing(cafe: Business, receipt: str, reader: Client) -> None:
    """Mail scanners open every link."""
    reader.get(receipt)
    reader.head(receipt)
    assert reader.get(f"{receipt}withdraw/").status_code == 405

    assert len(records_of(cafe)) == 1


def test_it_withdraws_of_this_person_alone(
    cafe: Business, agreed: ConsentRecord, record: Recording, receipt: str, reader: Client
) -> None:
    with cafe.scope():
        record(person_id=new_id(), identifier="other@example.org")
        record(purpose=Purpose.THIRD_PARTY, person_id=new_id(), identifier=ADDRESS)
    reader.post(f"{receipt}withdraw/")

    (withdrawn,) = [each for each in records_of(cafe) if each.decision == Decision.WITHDRAWN]
    assert withdrawn.subject_id == agreed.subject_id
    assert withdrawn.purpose == Purpose.NEWSLETTER


def test_who_agrees_again_withdraws_again(
    cafe: Business, agreed: ConsentRecord, record: Recording, receipt: str, reader: Client
) -> None:
    reader.post(f"{receipt}withdraw/")
    with cafe.scope():
        person = ConsentIdentity.objects.get().person_id
        record(person_id=person, identifier=ADDRESS)
    reader.post(f"{receipt}withdraw/")

    assert [each.decision for each in records_of(cafe)] == [
        *(Decision.GRANTED, Decision.WITHDRAWN),
        *(Decision.GRANTED, Decision.WITHDRAWN),
    ]


@pytest.mark.parametrize(
    "what",
    [
        {"decision": Decision.REFUSED},
        {"purpose": Purpose.TERMS},
        {"purpose": Purpose.CHAT},
        {"purpose": Purpose.NOTICE, "decision": Decision.SHOWN},
    ],
)
def test_what_is_no_such_consent_is_not_withdrawn(
    cafe: Business, record: Recording, what: dict[str, Any]
) -> None:
    with cafe.scope():
        made = record(person_id=new_id(), identifier=ADDRESS, **what)
        with pytest.raises(NothingToWithdrawError):
            withdraw(made)
        assert ConsentRecord.objects.count() == 1


def test_after_an_erasure_nobody_is_behind_it(cafe: Business, receipt: str, reader: Client) -> None:
    with cafe.scope():
        ConsentIdentity.objects.all().delete()

    page = reader.get(receipt)
    assert page.status_code == 200
    assert "example.org" not in page.text
    assert f"{receipt}withdraw/" not in page.text
    assert reader.post(f"{receipt}withdraw/").status_code == 409
    assert len(records_of(cafe)) == 1


def test_nobody_floods_it(receipt: str, reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "receipt:withdraw", (Limit(2, MINUTE, Per.ADDRESS),))

    codes = [reader.post(f"{receipt}withdraw/").status_code for _ in range(3)]

    assert codes == [302, 302, 429]


# --- For machines ---


def loaded(reader: Client, receipt: str) -> dict[str, Any]:
    answer = reader.get(f"{receipt}receipt.jsonld")
    assert answer["Content-Type"] == "application/ld+json"
    assert answer["Content-Disposition"] == 'attachment; filename="receipt.jsonld"'
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_the_json_ld_is_a_receipt_around_a_record(
    agreed: ConsentRecord, receipt: str, reader: Client
) -> None:
    said = loaded(reader, receipt)
    record = said["dpv:hasRecordOfActivity"]

    assert said["@type"] == "dpv:ConsentReceipt"
    assert said["dct:conformsTo"] == [
        {"@id": "https://w3id.org/dpv/schema/dpv-27560#receipt"},
        {"@id": "https://w3id.org/dpv/2.3"},
    ]
    assert record["@type"] == "dpv:ConsentRecord"
    assert record["dct:identifier"] == str(agreed.pk)
    assert said["dct:identifier"] != str(agreed.pk), "a receipt is not the record"
    assert record["dct:conformsTo"]["@id"].endswith("/dpv-27560#record")
    assert record["dpv:hasDataSubject"]["@id"] == f"urn:uuid:{agreed.subject_id}"
    assert record["dpv:hasDataSubject"]["dct:identifier"] == str(agreed.subject_id)
    assert record["dpv:hasDataController"]["dct:identifier"] == operator.REGISTER
    assert record["dpv:hasNotice"]["@type"] == "dpv:ConsentNotice"
    assert record["dpv:hasDataController"]["dpv:hasName"] == "ProXpert GmbH"
    assert "dpv:hasDataProcessor" not in record
    assert record["dpv:hasConsentStatus"] == {
        "@type": "dpv:ConsentGiven",
        "dpv:isIndicatedAtTime": agreed.given_at.isoformat(timespec="microseconds"),
        "dpv:isIndicatedBy": {"@id": "dpv:DataSubject"},
        "dpv:hasDuration": {"@type": "dpv:UntilEventDuration", "rdf:value": "withdrawal"},
    }
    assert record["dpv:hasProcess"]["dpv:hasPurpose"]["@id"] == "chatbo:newsletter"
    assert record["dpv:hasProcess"]["dpv:hasLegalBasis"] == {"@id": "eu-gdpr:A6-1-a"}
    for name in ("dpv:hasPersonalData", "dpv:hasStorageCondition"):
        assert record["dpv:hasProcess"][name]
    assert record["dpv:hasProcess"]["dpv:hasRecipient"] == [], "a controller is no recipient"
    assert record["dpv:hasConsentControl"]["@type"] == "dpv:WithdrawConsent"
    text = json.dumps(said)
    assert "hasExpiryTime" not in text
    assert "hasWithdrawalTime" not in text


def test_every_value_of_the_record_stands_in_it(
    agreed: ConsentRecord, receipt: str, reader: Client
) -> None:
    record = loaded(reader, receipt)["dpv:hasRecordOfActivity"]
    notice = record["dpv:hasNotice"]

    assert record["dct:dateSubmitted"] == agreed.received_at.isoformat(timespec="microseconds")
    assert record["chatbo:source"] == agreed.source
    assert record["chatbo:place"] == agreed.place
    assert record["chatbo:way"] == agreed.way
    assert record["chatbo:network"] == agreed.network
    assert record["chatbo:controllerIs"] == agreed.controller
    assert record["chatbo:tenant"] == str(agreed.tenant_id)
    assert record["chatbo:corrects"] is None
    assert notice["dct:language"] == agreed.language
    assert notice["dct:date"] is None
    assert notice["chatbo:textSha256"] == agreed.text_version.sha256
    assert fingerprint(**notice["chatbo:text"]) == agreed.text_version.sha256
    assert hashlib.sha256(notice["chatbo:shown"].encode()).hexdigest() == agreed.form_sha256


def test_no_program_has_to_fetch_anything_to_read_it(receipt: str, reader: Client) -> None:
    """Every prefix that it uses is declared in it, and no context is an address."""
    said = loaded(reader, receipt)
    context = said["@context"]

    def names(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*(names(each) for each in value.values()))
        return set().union(*(names(each) for each in value)) if isinstance(value, list) else set()

    said["dpv:hasRecordOfActivity"]["dpv:hasNotice"].pop("chatbo:text")  # as it stands: @json
    used = {name.partition(":")[0] for name in names(said["dpv:hasRecordOfActivity"])}
    assert used - {"@id", "@type"} <= set(context)
    assert isinstance(context, dict)
    assert not re.search(r'"@context": "', json.dumps(said))


def test_a_business_s_record_names_it_and_us_as_its_processor(
    cafe: Business, record: Recording, reader: Client
) -> None:
    with cafe.scope():
        made = record(purpose=Purpose.CHAT, controller=ConsentRecord.Controller.TENANT)
        said = loaded(reader, receipt_address(made))["dpv:hasRecordOfActivity"]

    assert said["dpv:hasDataController"]["dpv:hasName"] == cafe.tenant.company
    assert said["dpv:hasDataController"]["dct:identifier"] == str(cafe.tenant.pk)
    assert said["dpv:hasDataProcessor"]["dct:identifier"] == operator.REGISTER
    assert said["dpv:hasDataProcessor"]["dpv:hasName"] == "ProXpert GmbH"
    assert said["dpv:hasProcess"]["dpv:hasRecipient"][0]["dpv:hasName"] == "ProXpert GmbH"


@pytest.mark.parametrize(
    ("decision", "status"),
    [
        (Decision.REFUSED, "dpv:ConsentRefused"),
        (Decision.WITHDRAWN, "dpv:ConsentWithdrawn"),
    ],
)
def test_each_decision_has_its_status(
    cafe: Business, record: Recording, reader: Client, decision: str, status: str
) -> None:
    with cafe.scope():
        path = receipt_address(record(decision=decision))

    said = loaded(reader, path)["dpv:hasRecordOfActivity"]
    assert said["dpv:hasConsentStatus"]["@type"] == status
    assert "dpv:hasConsentControl" not in said


def test_what_was_only_shown_is_called_no_consent(
    cafe: Business, record: Recording, reader: Client
) -> None:
    with cafe.scope():
        path = receipt_address(record(purpose=Purpose.NOTICE, decision=Decision.SHOWN))

    said = loaded(reader, path)["dpv:hasRecordOfActivity"]
    assert said["@type"] == "dpv:DataProcessingRecord"
    assert "dpv:hasConsentStatus" not in said


def test_the_receipt_names_the_person_the_proof_alone_does_not(
    receipt: str, reader: Client
) -> None:
    assert loaded(reader, receipt)["proof"] is None
    seal()

    assert loaded(reader, receipt)["proof"]["identity"]["identifier"] == ADDRESS
    proof = reader.get(f"{receipt}proof.json")
    assert ADDRESS.encode() not in proof.content
    assert json.loads(proof.content)["identity"] is None


def test_neither_file_gives_the_address_away(receipt: str, reader: Client) -> None:
    """Whoever is shown a file must not be able to withdraw."""
    seal()
    code = receipt.split("/")[2]

    for name in ("receipt.jsonld", "proof.json"):
        assert code.encode() not in reader.get(f"{receipt}{name}").content
