from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from chatbo.foundation.documents.errors import AlreadySealedError, SealError, UnknownFieldError
from chatbo.foundation.documents.keys import load_seal_key
from chatbo.foundation.documents.seal import seal, unfilled_fields
from chatbo.foundation.documents.verify import verify_pdf
from chatbo.foundation.documents.waiting import wait_for
from tests.foundation.documents.contract import OPERATOR, OWNER
from tests.foundation.documents.readers import fonts, is_pdf_a_3b, page_texts, run

STAMPED_AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def statuses(pdf: bytes) -> list[PdfSignatureStatus]:
    """What pyHanko's validator says, difference analysis included, trusting our root alone."""
    (root,) = load_seal_key().roots
    trusted = asn1_x509.Certificate.load(root.public_bytes(serialization.Encoding.DER))
    return [
        wait_for(  # a browser test before this one may have left its loop running
            async_validate_pdf_signature(
                signature, ValidationContext(trust_roots=[trusted], allow_fetching=False)
            )
        )
        for signature in PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
    ]


def test_both_parties_signatures_hold(signed_twice: bytes) -> None:
    first, second = statuses(signed_twice)

    assert first.bottom_line
    assert first.modification_level is ModificationLevel.FORM_FILLING
    assert first.docmdp_ok
    assert second.bottom_line
    assert second.coverage is SignatureCoverageLevel.ENTIRE_FILE


def test_an_independent_reader_agrees(signed_twice: bytes, tmp_path: Path) -> None:
    told = run("pdfsig", pdf=signed_twice, folder=tmp_path)

    assert told.count("Signature is Valid") == 2
    assert told.count("ETSI.CAdES.detached") == 2
    assert "Total document signed" in told


def test_the_file_stays_well_formed(signed_twice: bytes, tmp_path: Path) -> None:
    assert "No syntax or stream encoding errors" in run(
        "qpdf", "--check", pdf=signed_twice, folder=tmp_path
    )


def test_the_seals_keep_pdf_a_and_embed_their_fonts(signed_twice: bytes) -> None:
    assert is_pdf_a_3b(signed_twice)
    assert all(embedded for _name, embedded in fonts(signed_twice))
    assert not any("Courier" in name for name, _embedded in fonts(signed_twice))


def test_what_was_sealed_is_the_beginning_of_what_comes_after(
    agreement: bytes, signed_once: bytes, signed_twice: bytes
) -> None:
    assert signed_once.startswith(agreement)
    assert signed_twice.startswith(signed_once)


def test_the_box_shows_who_signed_for_whom_and_when(signed_twice: bytes) -> None:
    text = " ".join(" ".join(page_texts(signed_twice)).split())

    assert "Zoë Żółć-Morgenrot" in text
    assert "Geschäftsführerin" in text
    assert "Berlin, 24. November 2026, 14:05 (UTC+01:00)" in text
    assert "Erika Mustermann" in text


def test_the_signature_itself_names_the_signatory(signed_once: bytes) -> None:
    (signature,) = PdfFileReader(BytesIO(signed_once)).embedded_regular_signatures

    assert signature.sig_object["/Name"] == OWNER.name
    assert OWNER.company in signature.sig_object["/Reason"]
    assert signature.sig_object["/Location"] == "Berlin"
    assert signature.md_algorithm == "sha256"


@pytest.mark.parametrize(
    "name",
    [
        "Wolfeschlegelsteinhausen " * 12,
        "Ελένη Παπαδοπούλου",
        "Юлия Петрова",
        "名前\nin zwei Zeilen",
        "x",
    ],
    ids=["endless", "greek", "cyrillic", "no glyph", "short"],
)
def test_any_name_can_be_sealed(agreement: bytes, name: str) -> None:
    pdf = seal(agreement, "controller", signatory=replace(OWNER, name=name), language="de")

    assert verify_pdf(pdf).genuine


def test_after_the_first_seal_only_the_other_field_may_be_filled(signed_once: bytes) -> None:
    with pytest.raises(AlreadySealedError):
        seal(signed_once, "controller", signatory=OWNER, language="de")
    assert unfilled_fields(signed_once) == ("processor",)


def test_a_field_that_is_not_there_cannot_be_signed(agreement: bytes) -> None:
    with pytest.raises(UnknownFieldError) as caught:
        seal(agreement, "witness", signatory=OWNER, language="de")
    assert caught.value.known == ("controller", "processor")


def test_what_is_no_pdf_cannot_be_sealed() -> None:
    with pytest.raises(SealError):
        seal(b"no PDF", "controller", signatory=OWNER, language="de")
    with pytest.raises(SealError):
        unfilled_fields(b"no PDF")


def test_sealing_works_within_a_running_event_loop(agreement: bytes) -> None:
    """The browser tests and an ASGI server have one in the very thread."""

    async def sealed() -> bytes:
        return seal(agreement, "controller", signatory=OWNER, language="en")

    assert verify_pdf(wait_for(sealed())).genuine


@pytest.fixture
def time_authority() -> Iterator[Any]:
    """A time-stamping authority over HTTP, with a key of its own; it may be told to fail."""
    key = rsa.generate_private_key(65537, 2048)
    root = self_signed_authority(key)
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(root.public_bytes(serialization.Encoding.DER)),
        keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
        fixed_dt=STAMPED_AT,
    )

    class Authority(BaseHTTPRequestHandler):
        url = root_pem = ""
        answer: bytes | None = None
        status = 200

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            answer = (
                self.answer or stamper.request_tsa_response(tsp.TimeStampReq.load(asked)).dump()
            )
            self.send_response(self.status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Authority) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        Authority.url = f"http://127.0.0.1:{server.server_port}/"
        Authority.root_pem = root.public_bytes(serialization.Encoding.PEM).decode()
        yield Authority
        server.shutdown()
        thread.join()


def self_signed_authority(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "DE")])
    now = datetime.now(UTC)
    stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(stamping, critical=True)
        .sign(key, hashes.SHA256())
    )


def test_with_an_authority_the_time_is_stamped(
    agreement: bytes, time_authority: Any, settings: Any
) -> None:
    settings.TSA_URL = time_authority.url
    settings.SEAL_KEY += time_authority.root_pem

    once = seal(agreement, "controller", signatory=OWNER, language="de")
    twice = seal(once, "processor", signatory=OPERATOR, language="de")

    report = verify_pdf(twice)
    assert report.complete
    assert [signature.stamped_at for signature in report.signatures] == [STAMPED_AT, STAMPED_AT]


def test_the_time_stamp_of_a_stranger_says_nothing(
    agreement: bytes, time_authority: Any, settings: Any
) -> None:
    settings.TSA_URL = time_authority.url

    sealed = seal(agreement, "controller", signatory=OWNER, language="de")

    (signature,) = verify_pdf(sealed).signatures
    assert signature.stamped_at is None
    assert signature.ours


@pytest.mark.parametrize(
    ("status", "answer"),
    [(500, b"sorry"), (200, b"no ASN.1"), (200, b"x" * 200_000), (302, b"elsewhere")],
)
def test_without_its_time_stamp_nothing_is_sealed(
    agreement: bytes, time_authority: Any, settings: Any, status: int, answer: bytes
) -> None:
    settings.TSA_URL = time_authority.url
    time_authority.status, time_authority.answer = status, answer

    with pytest.raises(SealError):
        seal(agreement, "controller", signatory=OWNER, language="de")


def test_an_authority_that_is_away_fails_the_seal(agreement: bytes, settings: Any) -> None:
    settings.TSA_URL = "http://127.0.0.1:9/"

    with pytest.raises(SealError):
        seal(agreement, "controller", signatory=OWNER, language="de")
