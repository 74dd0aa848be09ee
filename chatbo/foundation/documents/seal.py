"""The electronic seal on a document: PAdES (ETSI EN 319 142) B-B, with TSA_URL B-T.

Each party's signature is its typed name, a simple signature (Art. 3(10) eIDAS), never to be
called more. The platform's seal (Art. 3(25)) proves that the document is the one they saw.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from io import BytesIO

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.x509 import Certificate
from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from chatbo.foundation import operator
from chatbo.foundation.documents.appearance import PALE, Line, SealAppearance
from chatbo.foundation.documents.errors import AlreadySealedError, SealError, UnknownFieldError
from chatbo.foundation.documents.keys import SealKey, load_seal_key
from chatbo.foundation.documents.timestamps import HttpTimeStamper
from chatbo.foundation.documents.waiting import wait_for
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.MEMORY, __name__, NoPersonalData("The platform's own key."))

DIGEST = "sha256"
# Room for the signature in hexadecimal digits: with chain and time stamp it takes some 13,000.
RESERVED = 16_384

OPERATOR_FIELD = "operator"
"""What ``seal_as_operator`` fills; by it a reader knows that no person typed a name there."""


@dataclass(frozen=True)
class Signatory:
    """Who signs for a party, as it will stand in the box on the page."""

    name: str
    company: str
    signed_at: datetime
    """When the person signed. The seal may follow later; its own time is in the signature."""
    function: str = ""
    place: str = ""


def seal(pdf: bytes, field: str, *, signatory: Signatory, language: str) -> bytes:
    """Fill a signature field of a document for one party, and seal what is there so far.

    The first seal certifies the document: from then on nothing may change but that the other
    fields are filled (DocMDP level 2). What was sealed stays, byte for byte, the beginning of
    the result. Raises UnknownFieldError, AlreadySealedError, or SealError when signing or the
    time stamp fails; then nothing has happened.
    """
    return _set(
        pdf,
        field,
        name=signatory.name,
        place=signatory.place,
        reason=_reason(signatory, language),
        lines=_lines(pdf, signatory, language),
    )


def seal_as_operator(pdf: bytes, *, at: datetime, language: str) -> bytes:
    """Fill the one field of a document that only the platform answers for, as ``seal`` does."""
    with translation.override(language):
        reason = sealed_by_operator()
        lines = (
            Line(_("Sealed electronically by"), 6.5, colour=PALE),
            Line(f"ChatBo, {operator.NAME}", 11, bold=True),
            Line(_when(at), 7.5, space_before=4),
            Line(_("document %(digest)s") % {"digest": _digest(pdf)}, 6, colour=PALE),
        )
    return _set(pdf, OPERATOR_FIELD, name=operator.NAME, place="", reason=reason, lines=lines)


def sealed_by_operator() -> str:
    """In the language that is active."""
    return _("Sealed by %(company)s") % {"company": operator.NAME}


def _set(
    pdf: bytes, field: str, *, name: str, place: str, reason: str, lines: tuple[Line, ...]
) -> bytes:
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        filled = {
            name: value is not None for name, value, _ref in enumerate_sig_fields(writer.prev)
        }
        if field not in filled:
            raise UnknownFieldError(field, tuple(filled))
        if filled[field]:
            raise AlreadySealedError(field)
        signer = PdfSigner(
            PdfSignatureMetadata(
                field_name=field,
                md_algorithm=DIGEST,
                subfilter=SigSeedSubFilter.PADES,
                certify=not any(filled.values()),
                docmdp_permissions=MDPPerm.FILL_FORMS,
                name=name,
                location=place or None,
                reason=reason,
            ),
            _signer(load_seal_key()),
            timestamper=HttpTimeStamper(settings.TSA_URL) if settings.TSA_URL else None,
            stamp_style=SealAppearance(lines=lines),
        )
        sealed = wait_for(
            signer.async_sign_pdf(writer, existing_fields_only=True, bytes_reserved=RESERVED)
        )
    except (PdfError, SigningError, TimestampRequestError) as error:
        raise SealError(f"{type(error).__name__}: {error}") from error
    result: bytes = sealed.getvalue()
    return result


def unfilled_fields(pdf: bytes) -> tuple[str, ...]:
    """The names of the signature fields that nobody has signed yet, in their order."""
    try:
        fields = enumerate_sig_fields(
            IncrementalPdfFileWriter(BytesIO(pdf)).prev, filled_status=False
        )
        return tuple(name for name, _value, _ref in fields)
    except PdfError as error:
        raise SealError(f"{type(error).__name__}: {error}") from error


class CachedKeySigner(Signer):
    """Signs with a key that is in memory already.

    pyHanko's SimpleSigner reads the key anew for every signature, up to 200 ms with RSA.
    """

    def __init__(self, key: SealKey) -> None:
        issuers = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        issuers.register_multiple(_asn1(issuer) for issuer in key.chain)
        super().__init__(signing_cert=_asn1(key.certificate), cert_registry=issuers)
        self._key = key.private_key

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if dry_run:
            return bytes(512)  # only its length counts, and RESERVED leaves room
        if digest_algorithm != DIGEST:
            raise SigningError(f"unexpected digest {digest_algorithm}")
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(data, ec.ECDSA(hashes.SHA256()))
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())


@lru_cache(maxsize=4)
def _signer(key: SealKey) -> CachedKeySigner:
    return CachedKeySigner(key)


def _asn1(certificate: Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _reason(signatory: Signatory, language: str) -> str:
    with translation.override(language):
        return _("Signed for %(company)s") % {"company": signatory.company}


def _lines(pdf: bytes, signatory: Signatory, language: str) -> tuple[Line, ...]:
    with translation.override(language):
        lines = [
            Line(_("Signed electronically by"), 6.5, colour=PALE),
            Line(signatory.name, 11, bold=True),
            Line(signatory.function, 8),
            Line(_("for %(company)s") % {"company": signatory.company}, 8),
            Line(
                ", ".join(filter(None, (signatory.place, _when(signatory.signed_at)))),
                7.5,
                space_before=4,
            ),
            Line(
                _("Sealed by ChatBo · document %(digest)s") % {"digest": _digest(pdf)},
                6,
                colour=PALE,
            ),
        ]
    return tuple(line for line in lines if line.text)


def _when(at: datetime) -> str:
    moment = timezone.localtime(at)
    offset = f"{moment:%z}"
    return _("%(date)s, %(time)s (UTC%(offset)s)") % {
        "date": formats.date_format(moment, "DATE_FORMAT"),
        "time": f"{moment:%H:%M}",
        "offset": f"{offset[:3]}:{offset[3:]}",
    }


def _digest(pdf: bytes) -> str:
    return sha256(pdf).hexdigest()[:16]
