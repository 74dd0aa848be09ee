"""Anyone may ask whether a document is ours; what is not genuine is never called so."""

import base64
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone

from chatbo.dashboard import verification
from chatbo.foundation.documents.keys import make_seal_key
from chatbo.foundation.documents.seal import seal
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.limits import LIMITS, MINUTE, Limit, Per
from consent.ledger.exporting import export_records
from consent.ledger.json_ld import receipt_as_json_ld
from consent.ledger.proofs import prove_record
from consent.ledger.sealing import seal as seal_records
from dpa.contracts import files
from dpa.contracts.drafting import draft_contract
from dpa.contracts.sealing import seal_contract
from dpa.contracts.signing import countersign_contract
from tenants.accounts.models import User
from tests.consent.ledger.older_receipts import from_before_signatures
from tests.dpa.contracts.conftest import DATA, sign
from tests.foundation.documents.contract import (
    OPERATOR,
    OWNER,
    render_agreement,
    with_our_templates,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def drafted() -> bytes:
    with override_settings(TEMPLATES=with_our_templates(django_settings), TSA_URL=""):
        return render_agreement()


@pytest.fixture(scope="session")
def signed(drafted: bytes) -> bytes:
    return seal(drafted, "controller", signatory=OWNER, language="de")


@pytest.fixture(scope="session")
def completed(signed: bytes) -> bytes:
    return seal(signed, "processor", signatory=OPERATOR, language="de")


@pytest.fixture
def asker() -> Client:
    return Client(headers={"accept-language": "en"}, enforce_csrf_checks=True)


def told(asker: Client, pdf: bytes, name: str = "avv.pdf") -> str:
    answer = asker.post("/verify/", {"document": SimpleUploadedFile(name, pdf)})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_completed_contract_is_genuine_and_names_who_signed(
    asker: Client, completed: bytes
) -> None:
    page = told(asker, completed)

    assert "Genuine and unchanged" in page
    assert OWNER.name in page
    assert OPERATOR.name in page
    assert "Names were typed by the signatories" in page
    assert "ChatBo alone" not in page


def test_one_signature_is_genuine_but_not_complete(asker: Client, signed: bytes) -> None:
    page = told(asker, signed)

    assert "Genuine, but not complete" in page
    assert "Genuine and unchanged" not in page


def test_one_changed_byte_is_told(asker: Client, completed: bytes) -> None:
    middle = completed.index(b"stream") + 40
    forged = completed[:middle] + bytes([completed[middle] ^ 1]) + completed[middle + 1 :]

    page = told(asker, forged)

    assert "Genuine" not in page.replace("no longer genuine", "")
    assert "finding-bad" in page


def test_an_unsealed_pdf_is_not_ours(asker: Client, drafted: bytes) -> None:
    assert "Not sealed by ChatBo" in told(asker, drafted)


def test_what_is_no_pdf_is_said_to_be_none(asker: Client) -> None:
    page = told(asker, b"<script>alert(1)</script>", name="<b>evil</b>.pdf")

    assert "This is neither a PDF nor a receipt" in page
    assert "<b>evil" not in page


def test_nothing_chosen_is_no_finding(asker: Client) -> None:
    answer = asker.post("/verify/")

    assert answer.status_code == 400
    assert "No file was chosen" in answer.content.decode()


def test_a_file_over_the_limit_is_refused_unread(
    asker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "LARGEST_REQUEST", 1000)

    answer = asker.post("/verify/", {"document": BytesIO(b"%PDF-1.7" + b"x" * 2000)})

    assert answer.status_code == 413
    assert "The file is too large" in answer.content.decode()


def test_one_connection_may_ask_only_so_often(
    asker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "site:verify", (Limit(2, MINUTE, Per.ADDRESS),))

    codes = [
        asker.post("/verify/", {"document": SimpleUploadedFile("a.pdf", b"%PDF-")}).status_code
        for _ in range(3)
    ]

    assert codes == [200, 200, 429]


def test_asking_leaves_neither_a_cookie_nor_a_file(
    asker: Client, completed: bytes, settings: Any, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1

    answer = asker.post("/verify/", {"document": SimpleUploadedFile("avv.pdf", completed)})

    assert "Genuine and unchanged" in answer.content.decode()
    assert not answer.cookies
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stated", ["abc", "-1", ""])
def test_a_length_that_is_none_is_no_crash(asker: Client, stated: str) -> None:
    answer = asker.generic(
        "POST",
        "/verify/",
        b"--x--",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=stated,
    )

    assert answer.status_code == 400


def test_another_connection_may_still_ask(asker: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "site:verify", (Limit(1, MINUTE, Per.ADDRESS),))

    def ask(address: str) -> int:
        file = SimpleUploadedFile("a.pdf", b"%PDF-")
        return asker.post("/verify/", {"document": file}, REMOTE_ADDR=address).status_code

    assert [ask(a) for a in ("192.0.2.1", "192.0.2.1", "192.0.2.2")] == [200, 429, 200]
    assert asker.get("/verify/", REMOTE_ADDR="192.0.2.1").status_code == 200, "reading is free"


def test_with_redis_away_it_still_answers(asker: Client, settings: Any) -> None:
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}

    assert "This is neither a PDF nor a receipt" in told(asker, b"no pdf")


def test_a_contract_of_the_product_is_genuine_once_both_have_signed(
    asker: Client, cafe: Any, admin: User, queue: list[Any]
) -> None:
    with cafe.scope():
        draft = draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de")
        unsealed = files.fetch(draft.draft_file, draft.draft_sha256)
        contract = sign(draft, cafe.owner)
    with platform_scope("test"):
        contract = countersign_contract(contract, admin=admin)
    contract = seal_contract(contract)
    with cafe.scope():
        sealed = files.fetch(contract.sealed_file, contract.sealed_sha256)

    page = told(asker, sealed)

    assert "Genuine and unchanged" in page
    assert "Maria Beispiel" in page
    assert contract.sealed_sha256 in page
    assert "Not sealed by ChatBo" in told(asker, unsealed)


def test_a_seal_of_somebody_else_is_not_ours(asker: Client, drafted: bytes, settings: Any) -> None:
    ours = settings.SEAL_KEY
    settings.SEAL_KEY = make_seal_key("ChatBo Demo")  # Names itself as we do.
    forged = seal(drafted, "controller", signatory=OWNER, language="de")
    assert "Genuine" in told(asker, forged)

    settings.SEAL_KEY = ours

    assert "Genuine" not in told(asker, forged)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("completed", "Echt und unverändert"),
        ("signed", "Echt, aber nicht vollständig"),
        ("drafted", "Nicht von ChatBo versiegelt"),
    ],
)
def test_it_answers_in_german_as_well(
    asker: Client, request: pytest.FixtureRequest, file: str, words: str
) -> None:
    pdf = SimpleUploadedFile("avv.pdf", request.getfixturevalue(file))

    answer = asker.post("/verify/", {"document": pdf}, headers={"accept-language": "de"})

    assert words in answer.content.decode()


# --- Receipts of consents ---


@pytest.fixture
def receipt(cafe: Any, record: Any) -> dict[str, Any]:
    """Of somebody's consent to the newsletter, sealed."""
    with cafe.scope():
        made = record(person_id=new_id(), identifier="guest@example.org", place="form 1")
    seal_records()
    with cafe.scope():
        proof = prove_record(made, with_identity=True)
        return receipt_as_json_ld(made, proof, cafe.tenant, at=timezone.now())


def told_of(asker: Client, shown: Any) -> str:
    content = shown if isinstance(shown, bytes) else json.dumps(shown).encode()
    return told(asker, content, name="receipt.jsonld")


def test_a_receipt_is_genuine_and_says_under_which_head(
    asker: Client, receipt: dict[str, Any]
) -> None:
    page = told_of(asker, receipt)

    assert "Genuine, unchanged and sealed" in page
    assert "at position 0" in page
    assert "the head of 1 records" in page
    assert "Newsletter" in page
    assert "Granted" in page
    assert receipt["proof"]["body"]["id"] in page
    assert "guest@example.org" not in page, "it stands in the file, and need not on the screen"


def test_a_receipt_after_a_byte_order_mark_is_read_as_well(
    asker: Client, receipt: dict[str, Any]
) -> None:
    shown = b"\xef\xbb\xbf\n " + json.dumps(receipt).encode()

    assert "Genuine, unchanged and sealed" in told_of(asker, shown)


def test_a_proof_alone_is_genuine(asker: Client, receipt: dict[str, Any]) -> None:
    assert "Genuine, unchanged and sealed" in told_of(asker, receipt["proof"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda r: r["proof"]["body"].update(decision="refused"), "This receipt has been changed"),
        (lambda r: r["proof"].update(size=2), "This receipt has been changed"),
        (lambda r: r["proof"]["body"].update(v=2), "We do not know this kind"),
        (lambda r: r["proof"]["identity"].update(identifier="x"), "about somebody else"),
        (lambda r: r["proof"].update(checkpoint="x"), "Not signed by us"),
        (
            lambda r: r["proof"].update(checkpoint="\ud800/ledger\n\n\u2014 x A\n"),
            "neither a receipt nor",
        ),
        (lambda r: r["proof"]["identity"].update(identifier="\ud800"), "neither a receipt nor"),
        (
            lambda r: r["dpv:hasRecordOfActivity"]["dpv:hasNotice"].update(
                {"chatbo:shown": "\ud800"}
            ),
            "neither a receipt nor",
        ),
        (lambda r: r.update(proof=None), "not the one that we signed"),
        (lambda r: (r.update(proof=None), r.pop("signature")), "There is no proof in it"),
        (lambda r: r.update(proof=[]), "neither a receipt nor"),
        (lambda r: r.pop("proof"), "not the one that we signed"),
        (lambda r: r.update({"dct:identifier": "x"}), "says something else"),
        (
            lambda r: r["dpv:hasRecordOfActivity"]["dpv:hasNotice"]["chatbo:text"].update(body=""),
            "The text in this receipt has been changed",
        ),
    ],
)
def test_a_receipt_that_is_not_as_it_was_is_told_in_plain_words(
    asker: Client, receipt: dict[str, Any], change: Any, words: str
) -> None:
    change(receipt)

    page = told_of(asker, receipt)

    assert words in page
    assert "finding-good" not in page


def test_receipts_of_one_graph_are_checked_as_well(asker: Client, receipt: dict[str, Any]) -> None:
    context, bare = receipt["@context"], {n: v for n, v in receipt.items() if n != "@context"}
    graph = {"@context": context, "@graph": [bare]}

    assert "1 receipt is genuine, unchanged and sealed." in told_of(asker, graph)
    bare["dpv:hasRecordOfActivity"]["dpv:hasProcess"]["dpv:hasRecipient"] = []
    bare["dpv:hasRecordOfActivity"]["dpv:hasDataController"] = {"dpv:hasName": "Evil"}
    page = told_of(asker, graph)
    assert "not the one that we signed" in page
    assert "@graph / 1" in page


def test_an_export_is_told_who_checks_it(asker: Client, receipt: dict[str, Any], cafe: Any) -> None:
    with cafe.scope():
        lines = [json.dumps(line) for part in export_records() for line in part]

    for shown in ("\n".join(lines), "\ufeff" + "\n".join(lines), lines[0]):
        page = told_of(asker, shown.encode())
        assert "An export, not a receipt" in page
        assert "chatbo-verify" in page


def test_of_an_older_receipt_the_page_says_what_is_not_covered(
    asker: Client, receipt: dict[str, Any]
) -> None:
    page = told_of(asker, from_before_signatures(receipt))

    assert "Only the proof is genuine" in page
    assert "dpv:hasPurpose / dct:title" in page
    assert "finding-good" not in page


@pytest.mark.parametrize(
    "shown",
    [b"{", b"{}", b"[]", b'{"a":' * 100_000, b'{"proof": {}}', b'{"a": 1, "a": 2}', b"{\xff}"],
)
def test_half_a_receipt_is_none(asker: Client, shown: bytes) -> None:
    page = told_of(asker, shown)

    assert "neither a receipt nor" in page


def test_a_receipt_over_the_limit_is_refused(asker: Client) -> None:
    answer = asker.post("/verify/", {"document": BytesIO(b"{" + b" " * 1_000_001)})

    assert answer.status_code == 413
    assert "The file is too large" in answer.content.decode()


def test_a_receipt_of_another_ledger_is_not_ours(
    asker: Client, receipt: dict[str, Any], settings: Any
) -> None:
    settings.LEDGER_KEY = [base64.urlsafe_b64encode(bytes(32)).decode()]

    assert "Genuine" in told_of(asker, receipt), "a key that has left the ring is still believed"

    for place in Path(settings.OUTSIDE_STORE_URL.removeprefix("file://"), "keys").iterdir():
        place.unlink()
    assert "Not signed by us" in told_of(asker, receipt)


def test_it_says_so_in_german_as_well(asker: Client, receipt: dict[str, Any]) -> None:
    file = SimpleUploadedFile("receipt.jsonld", json.dumps(receipt).encode())

    answer = asker.post("/verify/", {"document": file}, headers={"accept-language": "de"})

    assert "Echt, unverändert und versiegelt" in answer.content.decode()
