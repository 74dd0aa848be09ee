"""What shows that a record is in the tree: its two halves' hashes, the way up, the signed root."""

import base64
from dataclasses import dataclass
from typing import Any

from consent.ledger.leaves import body_hash, body_of, canonical, identity_hash, leaf_of, salted
from consent.ledger.merkle import consistency_proof, inclusion_proof
from consent.ledger.models import ConsentIdentity, ConsentRecord, Leaf, TreeHead
from consent.ledger.tiles import stored_nodes


@dataclass(frozen=True)
class Proof:
    """Enough to check one record with nothing of ours but the public keys.

    ``identity`` is there as long as the person's identity is; ``identity_hash`` always.
    """

    body: dict[str, Any]
    body_salt: bytes
    identity_hash: bytes
    identity: tuple[bytes, str] | None
    """Salt and identifier."""
    position: int
    size: int
    path: list[bytes]
    note: str
    """The signed head of the tree with ``size`` leaves."""

    @property
    def leaf(self) -> bytes:
        return leaf_of(salted(self.body_salt, canonical(self.body)), self.identity_hash)

    def as_json(self) -> dict[str, Any]:
        """With bytes in base64, as ``chatbo-verify`` reads it."""
        return {
            "format": "chatbo-consent-proof-1",
            "body": self.body,
            "body_salt": _text(self.body_salt),
            "identity_hash": _text(self.identity_hash),
            "identity": {"salt": _text(self.identity[0]), "identifier": self.identity[1]}
            if self.identity
            else None,
            "position": self.position,
            "size": self.size,
            "path": [_text(step) for step in self.path],
            "checkpoint": self.note,
        }


def prove_record(record: ConsentRecord, *, with_identity: bool = False) -> Proof | None:
    """The proof under the newest head; nothing until the record is sealed. In its tenant's scope.

    ``with_identity``: with the identifier in clear, for the person itself and for whoever answers
    to them.
    """
    leaf = Leaf.objects.filter(pk=record.pk).first()
    if leaf is None:
        return None
    head = TreeHead.objects.latest()
    identity = (
        ConsentIdentity.objects.filter(subject_id=record.subject_id).first()
        if with_identity
        else None
    )
    return Proof(
        body=body_of(record, record.text_version.sha256),
        body_salt=bytes(record.salt),
        identity_hash=bytes(leaf.identity_hash),
        identity=(bytes(identity.salt), identity.identifier) if identity else None,
        position=leaf.position,
        size=head.size,
        path=inclusion_proof(stored_nodes(), leaf.position, head.size),
        note=head.note,
    )


def prove_consistency(before: int, size: int) -> list[bytes]:
    """That the tree of ``size`` leaves begins with the one of ``before``: nothing was rewritten.

    Raises ``ValueError`` unless 0 < before <= size.
    """
    return consistency_proof(stored_nodes(), before, size)


def is_as_recorded(
    record: ConsentRecord | Any, text_sha256: str, leaf_identity: bytes, leaf_hash: bytes
) -> bool:
    """Whether the record (or its bare columns) still says what its leaf was made of."""
    return leaf_of(body_hash(record, text_sha256), leaf_identity) == leaf_hash


def is_same_person(identity: ConsentIdentity, leaf_identity: bytes) -> bool:
    """Whether the identity is still the one that the leaf was made of."""
    return identity_hash(bytes(identity.salt), identity.identifier) == leaf_identity


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
