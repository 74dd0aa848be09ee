"""Anyone may ask whether a certificate of erasure is ours: as a letter, or as the file in it."""

import base64
import copy
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from consent.erasure.certificates.checking import check_certificate
from consent.erasure.certificates.issuing import FILE, as_file
from consent.erasure.certificates.pdf import certificate_bytes, certificate_pdf
from consent.erasure.models import Erasure
from tests.ended import ended_account, ended_business
from tests.erased import erased_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def asker() -> Client:
    return Client(headers={"accept-language": "en"}, enforce_csrf_checks=True)


@pytest.fixture
def erasure(cafe: Any) -> Erasure:
    return erased_at(cafe)


@pytest.fixture
def shown(erasure: Erasure) -> dict[str, Any]:
    return copy.deepcopy(as_file(erasure))


@pytest.fixture
def letter(cafe: Any, erasure: Erasure) -> bytes:
    certificate = check_certificate(certificate_bytes(erasure))
    return certificate_pdf(erasure, certificate, language="en", at=timezone.now())


def told(
    asker: Client, shown: Any, name: str = FILE, language: str = "en", status: int = 200
) -> str:
    content = shown if isinstance(shown, bytes) else json.dumps(shown).encode()
    answer = asker.post(
        "/verify/",
        {"document": SimpleUploadedFile(name, content)},
        headers={"accept-language": language},
    )
    assert answer.status_code == status
    return " ".join(answer.text.split())


@pytest.mark.parametrize("name", [FILE, "certificate.txt", "pasted"])
def test_the_file_is_genuine_whatever_it_is_called(
    asker: Client, erasure: Erasure, name: str
) -> None:
    page = told(asker, certificate_bytes(erasure), name)

    assert "Genuine and unchanged" in page
    assert "the data of 1 person were deleted" in page
    assert erasure.code in page
    assert "1 message, 1 subscriber" in page
    assert "Kept: Check value against restored backups" in page


def test_pasted_in_one_line_or_behind_a_byte_order_mark_it_is_the_same(
    asker: Client, shown: dict[str, Any]
) -> None:
    for content in (json.dumps(shown).encode(), b"\xef\xbb\xbf\r\n" + json.dumps(shown).encode()):
        assert "Genuine and unchanged" in told(asker, content)


def test_the_letter_is_genuine_and_says_what_the_file_in_it_says(
    asker: Client, erasure: Erasure, letter: bytes
) -> None:
    page = told(asker, letter, "letter.pdf")

    assert "Genuine and unchanged" in page
    assert "What the certificate says" in page
    assert erasure.code in page
    assert "1 message, 1 subscriber" in page


@pytest.mark.parametrize(
    ("language", "sealed", "alone"),
    [
        ("en", "Sealed by ProXpert GmbH", "ChatBo alone sealed it; nobody else had to sign."),
        ("de", "Versiegelt von ProXpert GmbH", "Allein ChatBo hat es versiegelt;"),
    ],
)
def test_of_a_letter_nobody_is_said_to_have_typed_a_name(
    asker: Client, letter: bytes, language: str, sealed: str, alone: str
) -> None:
    page = told(asker, letter, "letter.pdf", language)

    assert sealed in page
    assert alone in page
    assert "typed" not in page
    assert "eingegeben" not in page
    assert "Who signed" not in page


def test_one_byte_of_the_letter_makes_it_a_changed_one_and_nothing_of_it_is_read_out(
    asker: Client, erasure: Erasure, letter: bytes
) -> None:
    at = letter.index(b"/EmbeddedFiles")
    changed = letter[:at] + b"/EmbeddedFilez" + letter[at + 14 :]

    page = told(asker, changed, "letter.pdf")

    assert "Genuine" not in page
    assert "What the certificate says" not in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s["certificate"].update(people=9), "This certificate has been changed"),
        (lambda s: s["certificate"]["deleted"].update({"bots.Message": 9}), "has been changed"),
        (lambda s: s["certificate"]["kept"].clear(), "has been changed"),
        (lambda s: s["policy"]["ends"].pop(), "not those under which it was carried out"),
        (lambda s: s.update(note="paid"), "something that we never wrote:"),
        (lambda s: s.pop("signature"), "There is no signature in it"),
        (lambda s: s.update(signature="x"), "Not signed by us"),
        (lambda s: s.update(signature=7), "Not signed by us"),
        (lambda s: s.update(signature="\ud800/erasures\n\n\u2014 x A\n"), "neither a receipt nor"),
        (lambda s: s["certificate"].update(form=2), "We do not know this kind of certificate"),
        (lambda s: s["certificate"].update(type="other"), "This is no certificate"),
        (lambda s: s.update(certificate="x"), "This is no certificate"),
    ],
)
def test_what_is_not_as_we_signed_it_is_told_in_plain_words(
    asker: Client, shown: dict[str, Any], change: Any, words: str
) -> None:
    change(shown)

    page = told(asker, shown)

    assert words in page
    assert "Genuine" not in page
    assert "What the certificate says" not in page


def test_the_signed_part_alone_proves_nothing(asker: Client, shown: dict[str, Any]) -> None:
    assert "There is no signature in it" in told(asker, shown["certificate"])


@pytest.mark.parametrize(
    ("content", "words", "status"),
    [
        (b'{"certificate": ', "neither a receipt nor a certificate", 200),
        (b'{"certificate": ' + b"[" * 50 + b"]" * 50 + b"}", "neither a receipt nor", 200),
        (b'{"certificate": {}, "certificate": {}}', "neither a receipt nor", 200),
        (
            b'{"certificate": {"type": "erasure-certificate"}, "x": "' + b"x" * 10**6 + b'"}',
            "The file is too large",
            413,
        ),
    ],
)
def test_what_is_damaged_or_too_large_is_said_to_be_so(
    asker: Client, content: bytes, words: str, status: int
) -> None:
    assert words in told(asker, content, status=status)


def test_one_that_another_installation_signed_is_not_ours(
    asker: Client, shown: dict[str, Any], settings: Any, tmp_path: Any
) -> None:
    settings.LEDGER_KEY = [base64.urlsafe_b64encode(bytes(32)).decode()]
    settings.OUTSIDE_STORE_URL = (tmp_path / "theirs").as_uri()

    assert "Not signed by us" in told(asker, shown)


def test_it_says_so_in_german_as_well(asker: Client, erasure: Erasure) -> None:
    page = told(asker, certificate_bytes(erasure), language="de")

    assert "Echt und unverändert" in page
    assert "1 Nachricht, 1 Kontakt" in page
    assert "damit keine zurückgespielte Sicherung" in page


def test_asking_writes_nothing_down(asker: Client, erasure: Erasure, tmp_path: Any) -> None:
    told(asker, certificate_bytes(erasure))

    assert asker.cookies == {}


# --- The two other ends ---


@pytest.fixture(params=["business", "account"])
def end(request: Any, cafe: Any, database_name: str, queue: Any) -> Any:
    kind = request.param
    return ended_business(cafe, database_name) if kind == "business" else ended_account()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["en", "de"])
def test_that_of_a_business_or_an_account_is_genuine_as_well(
    asker: Client, end: Any, language: str
) -> None:
    page = told(asker, end.certificate, language=language)

    words = {
        ("TenantEnding", "en"): "a business has left, and its data were deleted",
        ("TenantEnding", "de"): "ein Unternehmen ist gegangen, und seine Daten wurden am",
        ("AccountEnding", "en"): "an account at ChatBo was deleted on",
        ("AccountEnding", "de"): "ein Konto bei ChatBo wurde am",
    }
    assert words[type(end).__name__, language] in page
    assert end.code in page
    assert ("Genuine and unchanged" if language == "en" else "Echt und unverändert") in page
    assert "People" not in page
    if language == "en" and type(end).__name__ == "TenantEnding":
        assert "Deletion is enough" in page


@pytest.mark.django_db(transaction=True)
def test_the_letter_on_one_of_these_says_what_the_file_in_it_says(asker: Client, end: Any) -> None:
    folder = "business" if type(end).__name__ == "TenantEnding" else "account"
    paper = asker.get(f"/erasure/{folder}/{end.code}/certificate.pdf").content

    page = told(asker, paper, "letter.pdf")

    assert "Genuine and unchanged" in page
    assert "What the certificate says" in page
    assert end.code in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s["certificate"]["deleted"].clear(), "This certificate has been changed"),
        (lambda s: s.pop("signature"), "There is no signature in it"),
        (lambda s: s.update(signature="x"), "Not signed by us"),
        (lambda s: s.update(policy={}), "something that we never wrote:"),
        (lambda s: s["certificate"].update(form=2), "We do not know this kind of certificate"),
        (lambda s: s["certificate"].update(type="other"), "This is no certificate"),
    ],
)
def test_what_is_not_as_we_signed_it_is_told_of_these_too(
    asker: Client, end: Any, change: Any, words: str
) -> None:
    shown = copy.deepcopy(end.certificate)
    change(shown)

    page = told(asker, shown)

    assert words in page
    assert "Genuine" not in page
    assert "What the certificate says" not in page


@pytest.mark.django_db(transaction=True)
def test_of_these_the_signed_part_alone_proves_nothing(asker: Client, end: Any) -> None:
    assert "There is no signature in it" in told(asker, end.certificate["certificate"])
