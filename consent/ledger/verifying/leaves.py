"""Every leaf in its order, with the record and the person that it was made of."""

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chatbo.foundation.encryption import UnreadableError, blind_indexes, decrypt
from consent.ledger.ending import is_signed_as_ended
from consent.ledger.faults import Fault
from consent.ledger.leaves import identity_hash
from consent.ledger.models import ConsentRecord
from consent.ledger.proofs import is_as_recorded
from consent.ledger.reading import rows_by_position
from consent.ledger.verifying.growing import GrowingTree
from consent.ledger.verifying.words import Form
from consent.texts.models import TextVersion


@dataclass
class LeavesSeen:
    leaves: int = 0
    forms: dict[Form, str] = field(default_factory=dict)
    """What records were shown, each form with the first of its records."""


def in_leaves(
    tree: GrowingTree, roots: Mapping[int, bytes], keys: Collection[bytes], seen: LeavesSeen
) -> Iterator[Fault]:
    """Lets the tree grow, and compares its root where a head was signed."""
    texts = {str(pk): sha256 for pk, sha256 in TextVersion.objects.values_list("pk", "sha256")}
    expected, last = 0, max(roots, default=0)
    for row, in_its_tile in rows_by_position():
        seen.leaves += 1
        if row.leaf_position < 0:
            yield _about(row, "leaf_was_added")
            continue
        if row.leaf_position != expected:
            yield Fault("leaf_is_missing", position=expected)
            tree.is_whole = False
        expected = row.leaf_position + 1
        if row.form_sha256:
            seen.forms.setdefault((row.leaf_tenant, row.form_sha256), row.leaf_id)
        if what := _what_is_wrong(row, texts, keys):
            yield _about(row, what)
        if in_its_tile != row.leaf_hash:
            yield _about(row, "tile_differs")
        if not tree.is_whole:
            continue
        tree.add(row.leaf_hash)
        if tree.size in roots and tree.root() != roots[tree.size]:
            yield Fault("root_differs", size=tree.size)
    if expected != last:
        what = "leaf_is_missing" if expected < last else "leaf_was_added"
        yield Fault(what, position=min(expected, last))


def _what_is_wrong(row: Any, texts: Mapping[str, str], keys: Collection[bytes]) -> str:
    """With what a leaf was made of; nothing, if all of it is as it was."""
    if row.id is None:
        return _what_is_gone(row, keys)
    if row.ended_note is not None:
        return "record_was_put_back"
    text = texts.get(row.text_version_id)
    if text is None or not is_as_recorded(row, text, row.leaf_identity, row.leaf_hash):
        return "record_was_changed"
    if row.person_salt is not None and not _is_the_person(row):
        return "identity_was_changed"
    return ""


def _is_the_person(row: Any) -> bool:
    """Whether the identity is the one of that time, and is found by it."""
    try:
        said = decrypt(row.person_identifier) if row.person_identifier else ""
    except UnreadableError:
        return False
    if identity_hash(row.person_salt, said) != row.leaf_identity:
        return False
    found_by = blind_indexes(said.strip().lower(), purpose="identity")
    return not said or row.person_index in found_by


def _what_is_gone(row: Any, keys: Collection[bytes]) -> str:
    """Where its business has no such record: the time had come, or it was taken away."""
    if row.ended_note is not None and is_signed_as_ended(row.ended_note, row, keys):
        return ""
    if ConsentRecord.objects.filter(pk=row.leaf_id).exists():
        return "record_was_changed"  # It was given to another business.
    return "record_was_dropped"


def _about(row: Any, what: str) -> Fault:
    record, tenant = uuid.UUID(row.leaf_id), uuid.UUID(row.leaf_tenant)
    return Fault(what, record=record, tenant=tenant, position=row.leaf_position)
