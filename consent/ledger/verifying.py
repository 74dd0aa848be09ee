"""Looking at every record, leaf and head, and naming what is not as it was."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.signed_notes import NoteError
from chatbo.foundation.signing import believed_keys
from consent.ledger.ending import has_ended
from consent.ledger.heads import Head, heads_outside, read_head
from consent.ledger.merkle import EMPTY, node_hash
from consent.ledger.models import (
    ConsentIdentity,
    ConsentRecord,
    EndedRecord,
    Leaf,
    PendingLeaf,
    TreeHead,
)
from consent.ledger.pending import is_proved
from consent.ledger.proofs import is_as_recorded, is_same_person
from consent.ledger.tiles import Tiles
from consent.texts.models import TextVersion

AT_ONCE = 5000
_COLUMNS = [field.attname for field in ConsentRecord._meta.concrete_fields]


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
    tree, tiles = _Growing(), Tiles()
    texts = dict(TextVersion.objects.values_list("pk", "sha256"))
    last = max(roots, default=0)
    for block in _blocks():
        halves = _Halves(block, texts)
        for leaf in block:
            if leaf.position != tree.size:
                yield tree.size, Fault("leaf_is_missing", position=tree.size)
                return  # Nothing behind the gap can be placed.
            yield tree.size + 1, halves.fault_of(leaf, keys)
            if not _is_in_its_tile(tiles, leaf):
                yield tree.size + 1, _about(leaf, "tile_differs")
            tree.add(bytes(leaf.hash))
            if tree.size in roots and tree.root() != roots[tree.size]:
                yield tree.size, Fault("root_differs", size=tree.size)
    if tree.size != last:
        what = "leaf_is_missing" if tree.size < last else "leaf_was_added"
        yield tree.size, Fault(what, position=min(tree.size, last))


def _blocks() -> Iterator[list[Any]]:
    after = -1
    leaves = Leaf.objects.order_by("position").values_list(
        "id", "tenant_id", "position", "hash", "identity_hash", named=True
    )
    while block := list(leaves.filter(position__gt=after)[:AT_ONCE]):
        yield block
        after = block[-1].position


class _Halves:
    """What the leaves of a block were made of, read at once and as bare columns."""

    def __init__(self, block: list[Any], texts: dict[uuid.UUID, str]) -> None:
        # By a question and not by a list: naming five thousand ids costs as much as reading rows.
        leaves = Leaf.objects.filter(position__range=(block[0].position, block[-1].position))
        records = ConsentRecord.objects.filter(pk__in=leaves.values("pk")).order_by()
        self._texts = texts
        self._records = {row.id: row for row in records.values_list(*_COLUMNS, named=True)}
        missing = [leaf.id for leaf in block if leaf.id not in self._records]
        self._ended = EndedRecord.objects.in_bulk(missing) if missing else {}
        people = ConsentIdentity.objects.filter(subject_id__in=records.values("subject_id"))
        self._people = {(each.tenant_id, each.subject_id): each for each in people}

    def fault_of(self, leaf: Any, keys: frozenset[bytes]) -> Fault | None:
        record = self._records.get(leaf.id)
        if record is None:
            ended = self._ended.get(leaf.id)
            if ended is not None and has_ended(ended, leaf, keys):
                return None
            return _about(leaf, "record_was_dropped")
        text = self._texts[record.text_version_id]
        if not is_as_recorded(record, text, bytes(leaf.identity_hash), bytes(leaf.hash)):
            return _about(leaf, "record_was_changed")
        person = self._people.get((record.tenant_id, record.subject_id))
        if person is not None and not is_same_person(person, bytes(leaf.identity_hash)):
            return _about(leaf, "identity_was_changed")
        return None


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


def _about(leaf: Any, what: str) -> Fault:
    return Fault(what, record=leaf.id, tenant=leaf.tenant_id, position=leaf.position)


def _is_in_its_tile(tiles: Tiles, leaf: Any) -> bool:
    try:
        return tiles.leaf(leaf.position) == bytes(leaf.hash)
    except IndexError:
        return False


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
