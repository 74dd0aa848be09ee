"""Looking at every record, leaf and head, and naming what is not as it was."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from chatbo.foundation.encryption import decrypt
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.signed_notes import NoteError
from chatbo.foundation.signing import believed_keys
from consent.ledger.ending import has_ended
from consent.ledger.heads import Head, heads_outside, read_head
from consent.ledger.leaves import identity_hash
from consent.ledger.merkle import EMPTY, node_hash
from consent.ledger.models import (
    ConsentRecord,
    EndedRecord,
    Leaf,
    PendingLeaf,
    TreeHead,
)
from consent.ledger.pending import is_proved
from consent.ledger.proofs import is_as_recorded
from consent.ledger.reading import rows_by_position
from consent.texts.models import TextVersion


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was. ``what`` is a code; ``record`` and ``position``: of what."""

    what: str
    record: uuid.UUID | None = None
    tenant: uuid.UUID | None = None
    position: int | None = None
    size: int | None = None


@dataclass
class Report:
    """What was looked at, and what was found."""

    records: int
    heads: int
    faults: list[Fault]


def verify_ledger() -> Report:
    """Check all leaves, bodies, identities and heads, and what is kept outside the database.

    Finds what was changed, dropped, added or put in another's place, also by the database's
    owner, and a database that was replaced by an older copy of itself.
    """
    with platform_scope("ledger: verify all of it"):
        keys = believed_keys()
        heads = list(TreeHead.objects.order_by("size"))
        faults = [*_in_heads(heads, keys)]
        roots = {head.size: bytes(head.root) for head in heads}
        records = 0
        for position, fault in _in_leaves(roots, keys):
            records = position
            if fault:
                faults.append(fault)
        faults += _added()
        faults += _outside(roots)
        return Report(records, len(heads), faults)


def _in_heads(heads: list[TreeHead], keys: frozenset[bytes]) -> Iterator[Fault]:
    for head in heads:
        try:
            said = read_head(head.note, keys)
        except NoteError:
            yield Fault("head_is_not_signed_by_us", size=head.size)
            continue
        if (said.size, said.root) != (head.size, bytes(head.root)):
            yield Fault("head_says_something_else", size=head.size)


def _outside(roots: dict[int, bytes]) -> Iterator[Fault]:
    """What was published is what counts: a copy from before it has lost something."""
    try:
        published: list[Head] = list(heads_outside())
    except NoteError:
        yield Fault("published_head_is_not_signed_by_us")
        return
    for head in published:
        if head.size not in roots:
            yield Fault("published_head_is_missing", size=head.size)
        elif roots[head.size] != head.root:
            yield Fault("published_head_differs", size=head.size)


def _in_leaves(
    roots: dict[int, bytes], keys: frozenset[bytes]
) -> Iterator[tuple[int, Fault | None]]:
    """Every leaf in its order, with the tree's root where a head was signed."""
    tree = _Growing()
    texts = {str(pk): sha256 for pk, sha256 in TextVersion.objects.values_list("pk", "sha256")}
    last = max(roots, default=0)
    for row, in_its_tile in rows_by_position():
        position, hash_ = row.leaf_position, row.leaf_hash
        if position != tree.size:
            yield tree.size, Fault("leaf_is_missing", position=tree.size)
            return  # Nothing behind the gap can be placed.
        if what := _what_is_wrong(row, texts, keys):
            yield tree.size + 1, _about(row, what)
        if in_its_tile != hash_:
            yield tree.size + 1, _about(row, "tile_differs")
        tree.add(hash_)
        fault = None
        if tree.size in roots and tree.root() != roots[tree.size]:
            fault = Fault("root_differs", size=tree.size)
        yield tree.size, fault
    if tree.size != last:
        what = "leaf_is_missing" if tree.size < last else "leaf_was_added"
        yield tree.size, Fault(what, position=min(tree.size, last))


def _what_is_wrong(row: Any, texts: dict[str, str], keys: frozenset[bytes]) -> str:
    """With what a leaf was made of; nothing, if all of it is as it was."""
    if row.id is None:
        return _what_is_gone(row, keys)
    text = texts.get(row.text_version_id)
    if text is None or not is_as_recorded(row, text, row.leaf_identity, row.leaf_hash):
        return "record_was_changed"
    if row.person_salt is not None:
        said = decrypt(row.person_identifier) if row.person_identifier else ""
        if identity_hash(row.person_salt, said) != row.leaf_identity:
            return "identity_was_changed"
    return ""


def _what_is_gone(row: Any, keys: frozenset[bytes]) -> str:
    """Where its business has no such record: the time had come, or it was taken away."""
    if ConsentRecord.objects.filter(pk=row.leaf_id).exists():
        return "record_was_changed"  # It was given to another business.
    ended = EndedRecord.objects.filter(pk=row.leaf_id).first()
    leaf = Leaf.objects.get(position=row.leaf_position)
    return "" if ended and has_ended(ended, leaf, keys) else "record_was_dropped"


def _added() -> Iterator[Fault]:
    """Records without a place in the tree that did not come through the product."""
    sealed = Leaf.objects.filter(pk=OuterRef("pk"), tenant_id=OuterRef("tenant_id"))
    waits = PendingLeaf.objects.filter(pk=OuterRef("pk"), tenant_id=OuterRef("tenant_id"))
    for record in ConsentRecord.objects.filter(~Exists(sealed), ~Exists(waits)).order_by():
        yield Fault("record_was_added", record=record.pk, tenant=record.tenant_id)
    pending = PendingLeaf.objects.in_bulk()
    written = ConsentRecord.objects.select_related("text_version").in_bulk(list(pending))
    for each in pending.values():
        halves = bytes(each.hash), bytes(each.identity_hash)
        said = written.get(each.pk)
        what = ""
        if not is_proved(each.tenant_id, each.pk, *halves, proof=bytes(each.proof)):
            what = "record_was_added"
        elif said is None:
            what = "record_was_dropped"
        elif not is_as_recorded(said, said.text_version.sha256, halves[1], halves[0]):
            what = "record_was_changed"
        if what:
            yield Fault(what, record=each.pk, tenant=each.tenant_id)


def _about(row: Any, what: str) -> Fault:
    record, tenant = uuid.UUID(row.leaf_id), uuid.UUID(row.leaf_tenant)
    return Fault(what, record=record, tenant=tenant, position=row.leaf_position)


class _Growing:
    """A tree of which only the right edge is kept: enough for its root at every size."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        size, found = self.size, leaf
        while size & 1:
            found = node_hash(self._edge.pop(), found)
            size >>= 1
        self._edge.append(found)
        self.size += 1

    def root(self) -> bytes:
        if not self._edge:
            return EMPTY
        found = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            found = node_hash(left, found)
        return found
