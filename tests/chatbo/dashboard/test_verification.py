"""Anyone may ask whether a document is ours; what is not genuine is never called so."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from chatbo.dashboard import verification
from chatbo.foundation.documents.seal import seal
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
    cache.clear()
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

    assert "This is not a PDF" in page
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
    monkeypatch.setattr(verification, "PER_ADDRESS", 2)

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


def test_the_key_to_check_it_with_is_public(asker: Client) -> None:
    page = asker.get("/keys/").content.decode()
    fingerprint = page.split("/keys/")[1].split(".pem")[0]

    root = asker.get(f"/keys/{fingerprint}.pem")

    assert root.content.startswith(b"-----BEGIN CERTIFICATE-----")
    assert b"PRIVATE" not in root.content
    assert asker.get(f"/keys/{'0' * 64}.pem").status_code == 404
