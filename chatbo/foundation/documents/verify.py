"""Is this file one of ours, and is it unchanged? For ``/verify/``, where anyone hands in a file.

Nothing of the file is executed, shown or fetched; the only roots are our own.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Literal

from asn1crypto import cms, x509
from cryptography.hazmat.primitives import hashes, serialization
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from chatbo.foundation.documents.errors import UnreadableDocumentError
from chatbo.foundation.documents.keys import SealKey, load_seal_key
from chatbo.foundation.documents.objects import all_dictionaries, value_of
from chatbo.foundation.documents.seal import OPERATOR_FIELD
from chatbo.foundation.documents.waiting import wait_for

LARGEST = 20_000_000
MOST_OBJECTS = 20_000
MOST_REVISIONS = 32

# Whatever acts by itself: PDF/A (ISO 19005-3, 6.5.1) forbids it, so no document of ours has it.
ACTIVE_KEYS = frozenset({"/JS", "/AA", "/XFA", "/RichMediaContent"})
ACTIVE_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/ResetForm", "/Movie", "/Rendition"}
)

Problem = Literal[
    "no_signature",  # there is none at all
    "changed",  # what a signature covers is not what was signed
    "changed_afterwards",  # something was added that the certification does not allow
    "not_covered",  # something in the file that no signature covers
    "foreign_signer",  # intact perhaps, but not sealed by us
    "certificate_expired",  # ours once; today a reader cannot rely on it without a time stamp
    "timestamp_broken",  # a time stamp is there and does not fit
]


@dataclass(frozen=True)
class SignatureReport:
    """What one signature says, and whether it holds."""

    field: str
    name: str
    """Whom the signature names: the signatory's typed name, as the platform sealed it."""
    reason: str
    place: str
    certificate: str
    time: datetime | None
    """The time that the sealing platform wrote."""
    stamped_at: datetime | None
    """The time that an authority confirmed, if its root stands in SEAL_KEY. Else anybody could
    have put a stamp of his own here: no signature covers it."""
    certifies: bool
    ours: bool
    intact: bool
    covers_whole_file: bool
    changes_since: Literal["none", "maintenance", "form_filling", "other"]
    problems: tuple[Problem, ...]

    @property
    def is_operators(self) -> bool:
        """Whether the platform alone stands behind it, and nobody who typed a name."""
        return self.ours and self.field == OPERATOR_FIELD


@dataclass(frozen=True)
class SealReport:
    """What a file turned out to be. ``genuine`` is the one answer; the rest explains it."""

    sha256: str
    signatures: tuple[SignatureReport, ...]
    open_fields: tuple[str, ...]
    """Signature fields that nobody has filled: a contract with one is not completed."""
    problems: tuple[Problem, ...]

    @property
    def genuine(self) -> bool:
        """Every signature is ours and intact, and nothing was added after the last one."""
        return not self.problems

    @property
    def complete(self) -> bool:
        return self.genuine and not self.open_fields


def verify_pdf(pdf: bytes) -> SealReport:
    """Read the signatures of a file that may come from anybody.

    Raises UnreadableDocumentError with a reason for what is refused unseen: over 20 MB, no PDF,
    damaged, encrypted, with anything in it that runs, or unreasonably many parts. A damaged file
    may so be refused instead of reported as changed; it is not genuine in either case.
    """
    if len(pdf) > LARGEST:
        raise UnreadableDocumentError("too_large")
    if b"%PDF-" not in pdf[:1024]:
        raise UnreadableDocumentError("not_a_pdf")
    try:
        return _report(pdf)
    except UnreadableDocumentError:
        raise
    except Exception as error:
        # A foreign file makes the reader stumble in any way it likes (KeyError, RecursionError,
        # bad ASN.1 ...): for whoever handed it in these are all one thing.
        raise UnreadableDocumentError("malformed") from error


def _report(pdf: bytes) -> SealReport:
    reader = PdfFileReader(BytesIO(pdf))
    if reader.encrypted:
        raise UnreadableDocumentError("encrypted")
    _refuse_active_content(reader)

    signatures = tuple(_judge(pdf, signature) for signature in reader.embedded_regular_signatures)
    problems: list[Problem] = [problem for report in signatures for problem in report.problems]
    if not signatures:
        problems.append("no_signature")
    elif signatures[-1].changes_since not in ("none", "maintenance"):
        problems.append("changed_afterwards")
    elif signatures[-1].changes_since == "none" and not signatures[-1].covers_whole_file:
        problems.append("not_covered")  # something was hung on behind the end
    return SealReport(
        sha256=sha256(pdf).hexdigest(),
        signatures=signatures,
        open_fields=tuple(
            name for name, _v, _r in enumerate_sig_fields(reader, filled_status=False)
        ),
        problems=tuple(dict.fromkeys(problems)),
    )


def _judge(pdf: bytes, signature: EmbeddedPdfSignature) -> SignatureReport:
    key = load_seal_key()
    status: PdfSignatureStatus = wait_for(
        async_validate_pdf_signature(
            signature,
            ValidationContext(  # one a run: it remembers
                trust_roots=[
                    x509.Certificate.load(root.public_bytes(serialization.Encoding.DER))
                    for root in key.roots
                ],
                allow_fetching=False,
            ),
        )
    )
    fingerprints = {certificate.fingerprint(hashes.SHA256()) for certificate in key.sealing}
    known = signature.signer_cert.sha256 in fingerprints
    expired = known and signature.signer_cert.not_valid_after < datetime.now(UTC)
    intact = bool(status.intact and status.valid)
    ours = known and intact and bool(status.trusted or expired)
    stamp = status.timestamp_validity

    problems: list[Problem] = []
    if not intact:
        problems.append("changed")
    if not known or (intact and not ours):
        problems.append("foreign_signer")
    if expired:
        problems.append("certificate_expired")
    covers_revision = status.coverage in (
        SignatureCoverageLevel.ENTIRE_FILE,
        SignatureCoverageLevel.ENTIRE_REVISION,
    )
    if not covers_revision or (known and _hides_something(pdf, signature, key)):
        problems.append("not_covered")
    elif not status.docmdp_ok:
        problems.append("changed_afterwards")
    if stamp is not None and not (stamp.valid and stamp.intact):
        problems.append("timestamp_broken")

    values = signature.sig_object
    return SignatureReport(
        field=signature.fq_name,
        name=_text(values, "/Name"),
        reason=_text(values, "/Reason"),
        place=_text(values, "/Location"),
        certificate=signature.signer_cert.subject.human_friendly,
        time=signature.self_reported_timestamp,
        stamped_at=stamp.timestamp if stamp is not None and stamp.trusted else None,
        certifies=signature.docmdp_level is not None,
        ours=ours,
        intact=intact,
        covers_whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        changes_since=_changes(status),
        problems=tuple(problems),
    )


def _hides_something(pdf: bytes, signature: EmbeddedPdfSignature, key: SealKey) -> bool:
    """The gap that a signature leaves for itself holds what we put there, and zeros.

    No signature can cover this gap, and readers do not look there: it would carry eight
    kilobytes of anybody's bytes, or altered certificates, in a file that passes for unchanged.
    """
    start, length, end, _rest = (int(number) for number in signature.byte_range)
    gap = pdf[start + length : end]
    content = cms.ContentInfo.load(signature.pkcs7_content).dump().hex().upper().encode()
    if gap != b"<" + content.ljust(len(gap) - 2, b"0") + b">":
        return True
    ours = {certificate.fingerprint(hashes.SHA256()) for certificate in key.bundle}
    return any(certificate.sha256 not in ours for certificate in signature.other_embedded_certs)


def _changes(status: PdfSignatureStatus) -> Literal["none", "maintenance", "form_filling", "other"]:
    match status.modification_level:
        case ModificationLevel.NONE:
            return "none"
        case ModificationLevel.LTA_UPDATES:
            return "maintenance"
        case ModificationLevel.FORM_FILLING:
            return "form_filling"
        case _:
            return "other"


def _text(dictionary: generic.DictionaryObject, key: str) -> str:
    value = value_of(dictionary, key)
    return str(value)[:500] if isinstance(value, str) else ""


def _refuse_active_content(reader: PdfFileReader) -> None:
    for dictionary in all_dictionaries(
        reader, most_objects=MOST_OBJECTS, most_revisions=MOST_REVISIONS
    ):
        if ACTIVE_KEYS & dictionary.keys() or value_of(dictionary, "/S") in ACTIVE_ACTIONS:
            raise UnreadableDocumentError("scripted")
