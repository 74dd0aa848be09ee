"""The keys' public half is for everybody, also of former keys; the private half for nobody."""

from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.conf import settings as django_settings
from django.test import Client

from chatbo.foundation.documents.keys import make_seal_key
from tests.foundation.documents.contract import certificates_pem

FORMER = make_seal_key("ChatBo Former")


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
