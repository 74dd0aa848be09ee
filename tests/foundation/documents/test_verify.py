import logging
import random
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic, writer
from pyhanko.pdf_utils.crypt import StandardSecurityHandler, StandardSecuritySettingsRevision
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from chatbo.foundation.documents import verify
from chatbo.foundation.documents.errors import UnreadableDocumentError
from chatbo.foundation.documents.keys import make_seal_key
from chatbo.foundation.documents.seal import seal
from chatbo.foundation.documents.verify import verify_pdf
from tests.foundation.documents.contract import OPERATOR, OWNER

name = generic.pdf_name


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """pyHanko logs every forged file at length."""
    caplog.set_level(logging.CRITICAL, logger="pyhanko")


def test_a_completed_contract_is_genuine(signed_twice: bytes) -> None:
    report = verify_pdf(signed_twice)

    assert report.genuine
    assert report.complete
    first, second = report.signatures
    assert (first.field, first.name) == ("controller", OWNER.name)
    assert (second.field, second.name) == ("processor", OPERATOR.name)
    assert (first.certifies, second.certifies) == (True, False)
    assert (first.changes_since, second.changes_since) == ("form_filling", "none")
    assert first.stamped_at is None
    assert first.time is not None
    assert abs(first.time - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_contract_that_one_party_signed_is_genuine_but_not_complete(signed_once: bytes) -> None:
    report = verify_pdf(signed_once)

    assert report.genuine
    assert not report.complete
    assert report.open_fields == ("processor",)


def test_a_contract_that_nobody_signed_is_not_genuine(agreement: bytes) -> None:
    assert verify_pdf(agreement).problems == ("no_signature",)


def test_somebody_elses_signature_is_not_ours(
    agreement: bytes, signed_once: bytes, settings: Any
) -> None:
    ours = settings.SEAL_KEY
    settings.SEAL_KEY = make_seal_key()
    forged = seal(agreement, "controller", signatory=OWNER, language="de")
    mixed = seal(signed_once, "processor", signatory=OPERATOR, language="de")
    settings.SEAL_KEY = ours

    assert verify_pdf(forged).problems == ("foreign_signer",)
    report = verify_pdf(mixed)
    assert not report.genuine
    assert [signature.ours for signature in report.signatures] == [True, False]


def test_no_flipped_byte_stays_unnoticed(signed_twice: bytes) -> None:
    """In the text, in the signatures, in the file's structure, even in the padding."""
    chance = random.Random(20261124)
    for position in sorted(chance.sample(range(len(signed_twice)), 120)):
        damaged = bytearray(signed_twice)
        damaged[position] ^= 1 << chance.randrange(8)
        try:
            genuine = verify_pdf(bytes(damaged)).genuine
        except UnreadableDocumentError:
            continue
        assert not genuine, f"the byte at {position}"


def test_a_changed_page_is_told_as_changed(signed_twice: bytes, agreement: bytes) -> None:
    """A byte within the compressed text of the first page."""
    reader = PdfFileReader(BytesIO(agreement))
    content = reader.root["/Pages"]["/Kids"][0]["/Contents"].encoded_data
    position = signed_twice.index(content) + len(content) // 2
    damaged = signed_twice[:position] + b"?" + signed_twice[position + 1 :]

    report = verify_pdf(damaged)

    assert report.problems == ("changed",)
    assert not any(signature.intact for signature in report.signatures)


def test_a_page_added_later_is_noticed(signed_twice: bytes) -> None:
    update = IncrementalPdfFileWriter(BytesIO(signed_twice))
    page = writer.PageObject(
        contents=update.add_object(generic.StreamObject(stream_data=b"")),
        media_box=(0, 0, 595, 842),
    )
    update.insert_page(page)

    assert "changed_afterwards" in verify_pdf(written(update)).problems


def test_a_field_added_later_is_noticed(signed_twice: bytes) -> None:
    update = IncrementalPdfFileWriter(BytesIO(signed_twice))
    append_signature_field(update, SigFieldSpec("witness", box=(50, 50, 200, 100)))

    assert "changed_afterwards" in verify_pdf(written(update)).problems


def test_bytes_hidden_in_a_signatures_padding_are_noticed(signed_twice: bytes) -> None:
    padding = signed_twice.rindex(b"0" * 4000)
    smuggled = b"hidden".hex().encode()
    damaged = signed_twice[: padding + 100] + smuggled + signed_twice[padding + 112 :]

    assert verify_pdf(damaged).problems == ("not_covered",)


def test_an_altered_certificate_beside_the_signature_is_noticed(signed_twice: bytes) -> None:
    """The root lies there for the reader's convenience; the signature does not cover it."""
    *_others, last = PdfFileReader(BytesIO(signed_twice)).embedded_regular_signatures
    (root,) = last.other_embedded_certs
    position = signed_twice.rindex(root.dump().hex().upper().encode()) + 2 * len(root.dump()) - 1
    other = b"1" if signed_twice[position : position + 1] == b"0" else b"0"

    damaged = signed_twice[:position] + other + signed_twice[position + 1 :]

    assert verify_pdf(damaged).problems == ("not_covered",)


def test_bytes_after_the_end_are_noticed(signed_twice: bytes) -> None:
    assert verify_pdf(signed_twice + b"\n% more").problems == ("not_covered",)


def test_an_earlier_revision_is_what_it_was(signed_once: bytes, signed_twice: bytes) -> None:
    """Cutting off the second signature gives the genuine document of before: not complete."""
    report = verify_pdf(signed_twice[: len(signed_once)])

    assert report.genuine
    assert not report.complete


def test_when_the_certificate_has_expired_the_report_says_so(signed_twice: bytes) -> None:
    verify_pdf(signed_twice)  # the key is loaded while it was valid
    with time_machine.travel(datetime.now(UTC) + timedelta(days=365 * 16), tick=False):
        report = verify_pdf(signed_twice)

    assert report.problems == ("certificate_expired",)
    assert all(signature.intact for signature in report.signatures)


def test_a_file_over_20_mb_is_refused_unread() -> None:
    assert refusal(b"%PDF-1.7" + bytes(verify.LARGEST)) == "too_large"


@pytest.mark.parametrize("file", [b"", b"PK\x03\x04 a zip", b"<html>%PDF</html>"])
def test_what_is_no_pdf_is_refused(file: bytes) -> None:
    assert refusal(file) == "not_a_pdf"


def test_a_torn_file_is_refused(signed_twice: bytes) -> None:
    assert refusal(signed_twice[:5000]) == "malformed"


def test_an_encrypted_file_is_refused(agreement: bytes) -> None:
    copy = writer.copy_into_new_writer(PdfFileReader(BytesIO(agreement)))
    handler = StandardSecurityHandler.build_from_pw_legacy(
        rev=StandardSecuritySettingsRevision.RC4_OR_AES128,
        id1=copy._document_id[0].original_bytes,
        desired_owner_pass="secret",
        desired_user_pass="secret",
        keylen_bytes=16,
    )
    copy.security_handler = handler
    copy._encrypt = copy.add_object(handler.as_pdf_object())

    assert refusal(written(copy)) == "encrypted"


@pytest.mark.parametrize(
    "active",
    [
        {"/OpenAction": {"/S": "/JavaScript", "/JS": "app.alert(1)"}},
        {"/OpenAction": {"/S": "/Launch"}},
        {"/AA": {}},
        {"/Outlines": {"/First": {"/A": {"/S": "/SubmitForm"}}}},
    ],
    ids=["javascript", "launch", "additional actions", "deep within"],
)
def test_a_file_that_acts_by_itself_is_refused(agreement: bytes, active: dict[str, Any]) -> None:
    update = IncrementalPdfFileWriter(BytesIO(agreement))
    update.root.update(pdf_dictionary(active))
    update.update_root()

    assert refusal(written(update)) == "scripted"


def test_an_action_behind_a_reference_is_found_too(agreement: bytes) -> None:
    update = IncrementalPdfFileWriter(BytesIO(agreement))
    action = generic.DictionaryObject({name("/S"): update.add_object(name("/Launch"))})
    update.root[name("/OpenAction")] = update.add_object(action)
    update.update_root()

    assert refusal(written(update)) == "scripted"


def test_a_file_of_too_many_parts_is_refused(
    agreement: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "MOST_OBJECTS", 10)

    assert refusal(agreement) == "too_complex"


def test_a_file_of_too_many_revisions_is_refused(agreement: bytes) -> None:
    pdf = agreement
    for _number in range(verify.MOST_REVISIONS):
        update = IncrementalPdfFileWriter(BytesIO(pdf))
        update.update_root()
        pdf = written(update)

    assert refusal(pdf) == "too_complex"


def test_a_file_that_unpacks_without_end_is_refused() -> None:
    """A cross-reference stream of a few kilobytes that would fill the memory."""
    packed = zlib.compress(bytes(400_000_000), 9)
    head = b"%PDF-1.7\n"
    bomb = (
        b"1 0 obj\n<</Type/XRef/Size 9/W[1 2 2]/Root 2 0 R/Filter/FlateDecode/Length %d>>\nstream\n"
        % len(packed)
    )
    pdf = head + bomb + packed + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)

    assert refusal(pdf) == "malformed"


@effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_comes_the_answer_is_a_report_or_a_refusal(
    signed_twice: bytes, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(signed_twice)))
    length = data.draw(st.integers(0, 3000))
    garbage = data.draw(st.binary(max_size=200))
    file = signed_twice[:start] + garbage + signed_twice[start + length :]
    try:
        report = verify_pdf(file)
    except UnreadableDocumentError:
        return
    assert report.genuine == (file == signed_twice)


def refusal(file: bytes) -> str:
    with pytest.raises(UnreadableDocumentError) as caught:
        verify_pdf(file)
    return caught.value.reason


def written(pdf: Any) -> bytes:
    output = BytesIO()
    pdf.write(output)
    return output.getvalue()


def pdf_dictionary(values: dict[str, Any]) -> generic.DictionaryObject:
    return generic.DictionaryObject(
        {
            name(key): pdf_dictionary(value)
            if isinstance(value, dict)
            else (name(value) if value.startswith("/") else generic.pdf_string(value))
            for key, value in values.items()
        }
    )
