"""The keys' public half is for everybody, also of former keys; the private half for nobody."""

import base64
import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chatbo.foundation.documents.keys import make_seal_key
from chatbo.foundation.limits import GROWTH, LIMITS, MINUTE, Limit, Per
from chatbo.foundation.signed_notes import key_of
from chatbo.foundation.signing import note_keys
from consent.ledger.heads import origin
from consent.ledger.models import PublishedKey, TreeHead
from consent.ledger.receipts import receipt_address
from consent.ledger.sealing import seal
from tests.foundation.documents.contract import certificates_pem

pytestmark = pytest.mark.django_db

FORMER = make_seal_key("ChatBo Former")


def of_the_ledger(file: Any) -> list[str]:
    """The keys in the ledger's name; those of certificates have one of their own."""
    return [key for key in file.text.split() if key.partition("+")[0].endswith("/ledger")]


def fingerprints(client: Client) -> list[str]:
    page = client.get("/keys/", headers={"accept-language": "en"}).content.decode()
    return [part.split(".pem")[0] for part in page.split('href="/keys/')[1:] if ".pem" in part]


@pytest.fixture
def rotated(settings: Any) -> None:
    settings.SEAL_KEY = django_settings.SEAL_KEY + "\n" + certificates_pem(FORMER)


def test_the_root_is_the_one_whose_fingerprint_stands_on_the_page(client: Client) -> None:
    (fingerprint,) = fingerprints(client)

    answer = client.get(f"/keys/{fingerprint}.pem")

    root = x509.load_pem_x509_certificate(answer.content)
    assert root.fingerprint(hashes.SHA256()).hex() == fingerprint
    assert (
        answer["Content-Disposition"] == f'attachment; filename="chatbo-root-{fingerprint[:8]}.pem"'
    )
    assert not answer.cookies


def test_after_a_change_of_keys_the_former_root_stays_there(client: Client, rotated: None) -> None:
    present, former = fingerprints(client)
    page = client.get("/keys/", headers={"accept-language": "en"}).content.decode()

    assert page.index("In use now") < page.index(present)
    assert page.index(present) < page.index("Used formerly") < page.index(former)
    assert "ChatBo Former" in page
    assert b"BEGIN CERTIFICATE" in client.get(f"/keys/{former}.pem").content


def test_nothing_private_leaves_the_house(client: Client, rotated: None) -> None:
    answers = [client.get("/keys/")] + [
        client.get(f"/keys/{fingerprint}.pem") for fingerprint in fingerprints(client)
    ]

    secret = django_settings.SEAL_KEY.split("PRIVATE KEY-----")[1].split("-----END")[0]
    assert len(secret) > 100
    for answer in answers:
        assert b"PRIVATE" not in answer.content
        assert secret.splitlines()[1].encode() not in answer.content


@pytest.mark.parametrize("name", ["0" * 64, "", "..", "seal", "%2e%2e%2fseal"])
def test_what_is_no_root_of_ours_is_not_found(client: Client, name: str) -> None:
    assert client.get(f"/keys/{name}.pem").status_code == 404


def test_the_ledger_s_keys_stand_there_also_former_ones(
    client: Client, cafe: Any, record: Any, settings: Any
) -> None:
    former = str(note_keys(origin())[0])
    with cafe.scope():
        record()
    seal()
    settings.LEDGER_KEY = [base64.urlsafe_b64encode(bytes(32)).decode()]
    present = str(note_keys(origin())[0])

    page = html.unescape(client.get("/keys/").text)
    file = client.get("/keys/ledger.txt")

    assert page.index(present) < page.index(former)
    assert of_the_ledger(file) == [present, former]
    assert "attachment" in file["Content-Disposition"]


def test_the_newest_signed_head_stands_there(client: Client, cafe: Any, record: Any) -> None:
    assert "ledger" in client.get("/keys/").text, "also before anything was sealed"
    for _ in range(2):
        with cafe.scope():
            record()
        seal()

    page = html.unescape(client.get("/keys/").text)

    assert TreeHead.objects.get(size=2).note in page


def test_that_the_tree_only_grew_is_proved_to_whoever_kept_a_head(
    client: Client, cafe: Any, record: Any, verify: Any
) -> None:
    for number in range(3):
        with cafe.scope():
            for _ in range(number + 1):
                record()
        seal()
    page = client.get("/keys/", headers={"accept-language": "en"}).text
    assert 'href="/keys/growth/1/6.json"' in page

    for before, size in ((1, 3), (3, 6), (1, 6), (6, 6)):
        answer = client.get(f"/keys/growth/{before}/{size}.json")
        assert "attachment" in answer["Content-Disposition"]
        code, said = verify(answer.content)
        assert (code, f"The tree of {size} records begins with the one of {before}." in said) == (
            0,
            True,
        )
        forged = answer.json() | {"before": TreeHead.objects.get(size=6).note}
        assert size == before or verify(json.dumps(forged).encode())[0] == 1
    for before, size in ((0, 6), (2, 6), (6, 3), (3, 7), (10**30, 10**30)):
        assert client.get(f"/keys/growth/{before}/{size}.json").status_code == 404


def test_one_connection_asks_for_growth_only_so_often(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, GROWTH, (Limit(2, MINUTE, Per.ADDRESS),))

    assert [client.get("/keys/growth/1/2.json").status_code for _ in range(3)] == [404, 404, 429]


def test_with_what_stands_there_a_receipt_is_checked_at_home(
    client: Client, cafe: Any, record: Any, tmp_path: Path
) -> None:
    """The way that the page describes: take the script and the keys, run it on the receipt."""
    with cafe.scope():
        address = receipt_address(record())
    seal()
    page = client.get("/keys/").text
    (script,) = re.findall(r'href="/static/(verify/[^"]+)"', page)
    for name, content in {
        "chatbo-keys.txt": client.get("/keys/ledger.txt").content,
        "receipt.jsonld": client.get(f"{address}receipt.jsonld").content,
        "chatbo-verify.py": Path(str(finders.find(script))).read_bytes(),
    }.items():
        (tmp_path / name).write_bytes(content)

    (command,) = re.findall(r"python3 (chatbo-verify.py [^<]+)<", page)
    done = subprocess.run(
        [sys.executable, "-I", *command.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_key_that_somebody_put_into_the_table_is_not_shown(client: Client) -> None:
    theirs = str(key_of(origin(), Ed25519PrivateKey.generate()))
    PublishedKey.objects.create(key=theirs)

    assert theirs not in client.get("/keys/ledger.txt").text


@pytest.mark.parametrize("junk", ["", "x", "ledger+00000000+AQ==", "a+b+c+d"])
def test_a_row_that_is_no_key_hides_none(client: Client, junk: str, caplog: Any) -> None:
    PublishedKey.objects.create(key=junk)

    assert of_the_ledger(client.get("/keys/ledger.txt")) == [str(note_keys(origin())[0])]
    assert client.get("/keys/").status_code == 200
    assert "published_key_unreadable" in caplog.text


def test_after_a_move_the_keys_stand_there_under_both_names(
    client: Client, cafe: Any, record: Any, settings: Any
) -> None:
    with cafe.scope():
        address = receipt_address(record())
    seal()
    before = str(note_keys(origin())[0])
    settings.BASE_URL = "https://moved.example"

    file = client.get("/keys/ledger.txt")
    assert of_the_ledger(file) == [str(note_keys(origin())[0]), before]
    erasures = [key.partition("+")[0] for key in file.text.split() if "/erasures+" in key]
    assert erasures == ["moved.example/erasures", before.partition("/")[0] + "/erasures"]
    file = SimpleUploadedFile("a.json", client.get(f"{address}receipt.jsonld").content)
    assert "finding-good" in client.post("/verify/", {"document": file}).text
