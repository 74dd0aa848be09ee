from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from chatbo.foundation.documents import keys
from chatbo.foundation.documents.errors import SealKeyError
from chatbo.foundation.documents.keys import load_seal_key, make_seal_key, published_roots
from chatbo.foundation.documents.seal import seal, unfilled_fields
from chatbo.foundation.documents.verify import verify_pdf
from tests.foundation.documents.contract import OPERATOR, OWNER, certificates_pem, private_key_pem


def test_the_key_is_parsed_once_however_many_seals_are_set(
    agreement: bytes, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = []
    real = serialization.load_pem_private_key
    monkeypatch.setattr(
        keys.serialization,
        "load_pem_private_key",
        lambda *args, **kwargs: parsed.append(1) or real(*args, **kwargs),
    )
    settings.SEAL_KEY = make_seal_key()

    once = seal(agreement, "controller", signatory=OWNER, language="de")
    twice = seal(once, "processor", signatory=OPERATOR, language="de")

    assert unfilled_fields(twice) == ()
    assert verify_pdf(twice).genuine
    assert len(parsed) == 1


def test_the_certificate_is_made_for_signing_and_for_nothing_else() -> None:
    key = load_seal_key()
    usage = key.certificate.extensions.get_extension_for_class(x509.KeyUsage).value

    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert isinstance(key.private_key, ec.EllipticCurvePrivateKey)
    subject = key.certificate.subject.rfc4514_string()
    assert subject == "CN=ChatBo Demo Seal,O=ProXpert GmbH,C=DE"
    key.certificate.verify_directly_issued_by(key.roots[0])
    with pytest.raises(x509.ExtensionNotFound):
        key.certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)


def test_the_key_shows_itself_to_nobody() -> None:
    assert "private" not in repr(load_seal_key()).lower()


def test_the_root_is_published_with_its_fingerprint() -> None:
    (root,) = published_roots()

    assert root.subject == "CN=ChatBo Demo Root,O=ProXpert GmbH,C=DE"
    assert len(root.sha256) == 64
    assert root.pem.startswith("-----BEGIN CERTIFICATE-----")
    assert "PRIVATE" not in root.pem
    assert root.not_after > datetime.now(UTC) + timedelta(days=365 * 25)


def test_after_a_change_of_key_old_documents_are_still_ours(
    signed_twice: bytes, seal_key: str, settings: Any
) -> None:
    settings.SEAL_KEY = make_seal_key() + certificates_pem(seal_key)
    assert verify_pdf(signed_twice).genuine
    assert len(published_roots()) == 2

    settings.SEAL_KEY = make_seal_key()
    assert verify_pdf(signed_twice).problems == ("foreign_signer",)


def test_a_neighbour_under_the_same_root_is_not_us(
    signed_twice: bytes, seal_key: str, settings: Any
) -> None:
    """With a public authority's root, anybody may buy a certificate beside ours."""
    _own, root = x509.load_pem_x509_certificates(certificates_pem(seal_key).encode())
    settings.SEAL_KEY = make_seal_key() + root.public_bytes(serialization.Encoding.PEM).decode()

    assert verify_pdf(signed_twice).problems == ("foreign_signer",)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda key: "", "exactly one private key"),
        (lambda key: private_key_pem(key) + key, "exactly one private key"),
        (private_key_pem, "no readable certificate"),
        (lambda key: private_key_pem(make_seal_key()) + certificates_pem(key), "belongs to"),
        (lambda key: key[: key.rindex("-----BEGIN CERTIFICATE")], "lacks the certificate of CN="),
        (lambda key: key.replace("MIGH", "AAAA", 1), "cannot be read"),
    ],
    ids=["empty", "two keys", "no certificate", "of another key", "no root", "garbled"],
)
def test_a_wrong_key_is_refused_with_a_sentence(
    damage: Any, says: str, seal_key: str, settings: Any
) -> None:
    settings.SEAL_KEY = damage(seal_key)

    with pytest.raises(SealKeyError, match=says):
        load_seal_key()


def test_an_encrypted_key_is_refused_with_a_sentence(settings: Any) -> None:
    pem = load_seal_key().private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"a password"),
    )
    settings.SEAL_KEY = pem.decode()

    with pytest.raises(SealKeyError, match="without a password"):
        load_seal_key()


def test_an_expired_certificate_seals_nothing(settings: Any) -> None:
    settings.SEAL_KEY = make_seal_key()

    with (
        time_machine.travel(datetime.now(UTC) + timedelta(days=365 * 16), tick=False),
        pytest.raises(SealKeyError, match="not today"),
    ):
        load_seal_key()


@pytest.mark.parametrize(
    ("key", "bits"),
    [
        (lambda: rsa.generate_private_key(65537, 2048), 3072),
        (lambda: ec.generate_private_key(ec.SECP224R1()), 256),
    ],
    ids=["RSA", "ECDSA"],
)
def test_a_key_of_less_than_128_bits_of_security_is_refused(
    key: Any, bits: int, settings: Any
) -> None:
    settings.SEAL_KEY = (
        key()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )

    with pytest.raises(SealKeyError, match=f"must have {bits} or more"):
        load_seal_key()
