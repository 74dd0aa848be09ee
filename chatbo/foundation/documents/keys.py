"""The platform's sealing key: one PEM text with private key, certificate and roots.

The electronic seal (Art. 3(25) eIDAS) is made with this key, for both parties of a contract.
SEAL_KEY holds, in any order: the private key, its certificate, the certificates up to the root.
Certificates and roots of former keys may follow: they stay published and trusted, so that old
documents can still be checked after the key has changed. The root of the authority behind
TSA_URL belongs here too: only then does ``verify`` rely on its time stamps.

No import of Django at the top: the settings make the demo's key with ``make_seal_key``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from chatbo.foundation.documents.errors import SealKeyError
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.MEMORY, __name__, NoPersonalData("The platform's own key."))

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

# A contract is kept six years after it ends (sec. 257 HGB); without a time stamp a reader
# asks whether the certificate is valid today. So the certificate outlives the usual contract.
SEAL_YEARS = 15
ROOT_YEARS = 30
# 128 bits of security (NIST SP 800-57 part 1, table 2).
SHORTEST_RSA, SHORTEST_ECDSA = 3072, 256


@dataclass(frozen=True)
class SealKey:
    """The parsed SEAL_KEY. Its repr keeps the key to itself."""

    private_key: PrivateKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    """The issuers of the certificate, root last."""
    roots: tuple[x509.Certificate, ...]
    """All self-issued certificates in the bundle: the present one first, then former ones."""
    sealing: tuple[x509.Certificate, ...]
    """The certificates that made seals of ours, the present one first. With a root that belongs
    to a public authority, being issued under it is not enough to be ours."""
    bundle: tuple[x509.Certificate, ...]
    """All certificates given."""


@dataclass(frozen=True)
class PublishedRoot:
    """A root certificate as ``/keys/`` shows it, so that a reader can compare and import it."""

    subject: str
    sha256: str
    not_after: datetime
    pem: str


def load_seal_key() -> SealKey:
    """The platform's sealing key, parsed once per process and value of the setting.

    Raises SealKeyError, with a sentence for the operator, if SEAL_KEY is not usable.
    """
    from django.conf import settings

    return _parse(settings.SEAL_KEY)


def published_roots() -> list[PublishedRoot]:
    """The roots that seals of this platform lead to, the present one first."""
    return [
        PublishedRoot(
            subject=root.subject.rfc4514_string(),
            sha256=root.fingerprint(hashes.SHA256()).hex(),
            not_after=root.not_valid_after_utc,
            pem=root.public_bytes(serialization.Encoding.PEM).decode(),
        )
        for root in load_seal_key().roots
    ]


def make_seal_key(name: str = "ChatBo Demo", organisation: str = "ProXpert GmbH") -> str:
    """A new SEAL_KEY: a root of our own and under it a sealing certificate, both P-256.

    The root's private key is dropped: it issues this one certificate and can issue no other.
    A new key means a new root; keep the old certificates in the bundle.
    """
    now = datetime.now(UTC)
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _certificate(
        f"{name} Root",
        organisation,
        root_key,
        issuer=None,
        issuer_key=root_key,
        now=now,
        years=ROOT_YEARS,
    )
    seal_key = ec.generate_private_key(ec.SECP256R1())
    seal = _certificate(
        f"{name} Seal",
        organisation,
        seal_key,
        issuer=root,
        issuer_key=root_key,
        now=now,
        years=SEAL_YEARS,
    )
    pem = seal_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return (
        pem + b"".join(c.public_bytes(serialization.Encoding.PEM) for c in (seal, root))
    ).decode()


def _certificate(
    common_name: str,
    organisation: str,
    key: ec.EllipticCurvePrivateKey,
    *,
    issuer: x509.Certificate | None,
    issuer_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    years: int,
) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
    is_root = issuer is None
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))  # the clocks of several hosts differ
        .not_valid_after(now + timedelta(days=365 * years))
        .add_extension(
            x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True
        )
        .add_extension(_key_usage(is_root), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )


def _key_usage(is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root,  # once called nonRepudiation; PAdES readers ask for it
        key_cert_sign=is_root,
        crl_sign=is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


@lru_cache(maxsize=4)
def _parse(pem: str) -> SealKey:
    private_key = _private_key(pem)
    try:
        certificates = x509.load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise SealKeyError(
            "SEAL_KEY holds no readable certificate (-----BEGIN CERTIFICATE-----)."
        ) from error

    own = [c for c in certificates if c.public_key() == private_key.public_key()]
    if not own:
        raise SealKeyError("SEAL_KEY: none of its certificates belongs to its private key.")
    certificate = own[0]
    _check_usage(certificate)
    chain = _chain(certificate, certificates)
    present = chain[-1] if chain else certificate
    former = (c for c in certificates if _is_root(c) and c != present)
    sealed_before = (c for c in certificates if not _is_authority(c) and c != certificate)
    return SealKey(
        private_key=private_key,
        certificate=certificate,
        chain=chain,
        roots=(present, *former),
        sealing=(certificate, *sealed_before),
        bundle=tuple(certificates),
    )


def _private_key(pem: str) -> PrivateKey:
    begin = pem.find("-----BEGIN ")
    blocks = (
        [f"-----BEGIN {block}" for block in pem[begin:].split("-----BEGIN ")[1:]]
        if begin >= 0
        else []
    )
    keys = [block for block in blocks if "PRIVATE KEY-----" in block.partition("\n")[0]]
    if len(keys) != 1:
        raise SealKeyError(
            f"SEAL_KEY must hold exactly one private key in PEM, but holds {len(keys)}."
        )
    try:
        key = serialization.load_pem_private_key(keys[0].encode(), password=None)
    except TypeError as error:
        raise SealKeyError(
            "SEAL_KEY: the private key is encrypted; give it without a password."
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SealKeyError("SEAL_KEY: the private key cannot be read.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise SealKeyError("SEAL_KEY: the private key is neither ECDSA nor RSA.")
    shortest = SHORTEST_RSA if isinstance(key, rsa.RSAPrivateKey) else SHORTEST_ECDSA
    if key.key_size < shortest:
        raise SealKeyError(
            f"SEAL_KEY: the private key has {key.key_size} bits; it must have {shortest} or more."
        )
    return key


def _check_usage(certificate: x509.Certificate) -> None:
    now = datetime.now(UTC)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise SealKeyError(
            f"SEAL_KEY: the certificate is valid from {certificate.not_valid_before_utc:%Y-%m-%d}"
            f" to {certificate.not_valid_after_utc:%Y-%m-%d}, not today."
        )
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not usage.content_commitment:
        raise SealKeyError("SEAL_KEY: the certificate's key usage lacks nonRepudiation.")


def _chain(
    certificate: x509.Certificate, candidates: Iterable[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    pool, chain, last = list(candidates), [], certificate
    while last.issuer != last.subject:
        issuer = next((c for c in pool if c not in chain and _has_issued(c, last)), None)
        if issuer is None:
            raise SealKeyError(
                f"SEAL_KEY lacks the certificate of {last.issuer.rfc4514_string()}:"
                " add all up to the root."
            )
        chain.append(issuer)
        last = issuer
    return tuple(chain)


def _is_root(certificate: x509.Certificate) -> bool:
    return certificate.issuer == certificate.subject and _has_issued(certificate, certificate)


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
