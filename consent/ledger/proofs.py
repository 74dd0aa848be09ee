"""What shows that a record is in the tree: its two halves' hashes, the way up, the signed root."""

import base64
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from consent.ledger.leaves import body_hash, body_of, canonical, leaf_of, salted
from consent.ledger.merkle import consistency_proof, inclusion_proof
from consent.ledger.models import ConsentIdentity, ConsentRecord, Leaf, TreeHead
from consent.ledger.tiles import remembered, stored_nodes


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
    return Prover(with_identity=with_identity).prove([record]).get(record.pk)


class Prover:
    """Proofs of many records under one head, the newest when it begins. In their tenant's scope."""

    def __init__(self, *, with_identity: bool = False) -> None:
        self.head = TreeHead.objects.order_by("-size").first()
        self._with_identity = with_identity

    def prove(self, records: Sequence[ConsentRecord]) -> dict[uuid.UUID, Proof]:
        """By the records' ids; what is not sealed yet is not there."""
        if self.head is None:
            return {}
        leaves = Leaf.objects.in_bulk([record.pk for record in records])
        identities = self._identities(records)
        nodes = remembered(stored_nodes())
        return {
            record.pk: Proof(
                body=body_of(record, record.text_version.sha256),
                body_salt=bytes(record.salt),
                identity_hash=bytes(leaf.identity_hash),
                identity=identities.get(record.subject_id),
                position=leaf.position,
                size=self.head.size,
                path=inclusion_proof(nodes, leaf.position, self.head.size),
                note=self.head.note,
            )
            for record in records
            if (leaf := leaves.get(record.pk)) and leaf.position < self.head.size
        }

    def _identities(self, records: Sequence[ConsentRecord]) -> dict[uuid.UUID, tuple[bytes, str]]:
        if not self._with_identity:
            return {}
        found = ConsentIdentity.objects.filter(
            subject_id__in={record.subject_id for record in records}
        )
        return {each.subject_id: (bytes(each.salt), each.identifier) for each in found}


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


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
