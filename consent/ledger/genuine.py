"""Whether records that are shown or handed out still say what was recorded.

The daily verification (``verifying``) looks at all there is, and names what was done to it. This
looks at the few that somebody is about to read or to pass on, so that nobody is handed as proven
what was changed behind the product's back an hour ago.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import structlog

from chatbo.foundation.encryption import text_or
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.ledger.leaves import identity_hash
from consent.ledger.merkle import is_included
from consent.ledger.models import ConsentIdentity, ConsentRecord, Leaf, PendingLeaf
from consent.ledger.proofs import Proof, Prover, is_as_recorded

declare_store(Medium.LOG, __name__, NoPersonalData("Numbers of records that were changed."))

log = structlog.get_logger(__name__)


class Standing(StrEnum):
    """What can be said of a record: ``SOON`` it is sealed, or it is ``NOT`` what was recorded."""

    PROVEN = "proven"
    SOON = "soon"
    NOT = "not_as_recorded"


@dataclass(frozen=True)
class Examined:
    """``proofs``: of those that are proven. ``changed``: of those that are not as recorded."""

    proofs: dict[uuid.UUID, Proof] = field(default_factory=dict)
    changed: frozenset[uuid.UUID] = frozenset()

    def standing(self, record: ConsentRecord) -> Standing:
        if record.pk in self.changed:
            return Standing.NOT
        return Standing.PROVEN if record.pk in self.proofs else Standing.SOON


def examine(records: Sequence[ConsentRecord], *, prover: Prover | None = None) -> Examined:
    """Prove these records, and raise an alarm for each that is not as it was recorded.

    A proof is followed up to the root that was signed, so a record that was rewritten together
    with its leaf stands out as well. In the tenant's scope; ``prover``: for many parts of one file.
    """
    # What waits is read first: whatever is sealed in between is found among the leaves.
    pending = PendingLeaf.objects.in_bulk([record.pk for record in records])
    prover = prover or Prover()
    proofs = _proofs(prover, records)
    others = _identities(records)
    proven: dict[uuid.UUID, Proof] = {}
    changed: set[uuid.UUID] = set()
    beside: list[ConsentRecord] = []
    for record in records:
        proof = proofs.get(record.pk)
        if proof is None:
            beside.append(record)
        elif _is_genuine(record, proof, prover, others):
            proven[record.pk] = proof
        else:
            changed.add(record.pk)
    changed |= set(_not_as_they_wait(beside, pending, others))
    for record in records:
        if record.pk in changed:
            log.error("record_not_as_recorded", row=str(record.pk), tenant_id=str(record.tenant_id))
    return Examined(proven, frozenset(changed))


def _proofs(prover: Prover, records: Sequence[ConsentRecord]) -> dict[uuid.UUID, Proof]:
    """A leaf that was moved to no place of the tree, or lost hashes, must not hide the others."""
    try:
        return prover.prove(records)
    except (IndexError, ValueError):
        if len(records) == 1:
            return {}
        return {pk: proof for each in records for pk, proof in _proofs(prover, [each]).items()}


def _is_genuine(
    record: ConsentRecord, proof: Proof, prover: Prover, identities: dict[uuid.UUID, bytes]
) -> bool:
    """Nobody is known as the person once they are erased: then the leaf alone knows."""
    leads_to_the_root = prover.head is not None and is_included(
        proof.leaf,
        position=proof.position,
        size=proof.size,
        proof=proof.path,
        root=bytes(prover.head.root),
    )
    known = identities.get(record.subject_id, proof.identity_hash)
    return leads_to_the_root and known == proof.identity_hash


def _not_as_they_wait(
    records: Sequence[ConsentRecord],
    pending: dict[uuid.UUID, PendingLeaf],
    identities: dict[uuid.UUID, bytes],
) -> Iterator[uuid.UUID]:
    """Of those that no proof was found for: what says something else than its waiting leaf, or
    never came through the product and so has none, or has one in no place of the tree.
    """
    if not records:
        return
    sealed = set(
        Leaf.objects.filter(pk__in=[each.pk for each in records]).values_list("pk", flat=True)
    )
    for record in records:
        waits = pending.get(record.pk)
        if record.pk in sealed:  # Since the prover began, if all is well.
            later = Prover()
            proof = _proofs(later, [record]).get(record.pk)
            if proof is None or not _is_genuine(record, proof, later, identities):
                yield record.pk
        elif waits is None or not _says_what_it_was_made_of(record, waits):
            yield record.pk


def _says_what_it_was_made_of(record: ConsentRecord, waits: PendingLeaf) -> bool:
    """What the sealing has refused was not written by the product."""
    return waits.refused_at is None and is_as_recorded(
        record, record.text_version.sha256, bytes(waits.identity_hash), bytes(waits.hash)
    )


def _identities(records: Sequence[ConsentRecord]) -> dict[uuid.UUID, bytes]:
    """The hash of each person behind these records, as far as a key still opens who it is."""
    found = ConsentIdentity.objects.filter(subject_id__in={each.subject_id for each in records})
    return {
        each.subject_id: identity_hash(each.salt, said)
        for each in found
        if (said := text_or(each, "identifier", ""))
    }
