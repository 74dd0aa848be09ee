"""All records of a business with what proves them, as ``chatbo-verify`` reads it.

Form ``chatbo-consent-export-2``, JSON Lines: a header with the signed head of the tree, then part
by part a signed list of the business's leaves and a line a record, or its ending. The lists are
what makes a record that was dropped or added stand out; a record's own proof would not miss its
neighbour. In parts, so that neither we nor whoever checks has to hold a million of them at once.
"""

import base64
import math
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from chatbo.foundation.isolation.scopes import current_tenant_id
from chatbo.foundation.signing import sign_note
from consent.ledger.heads import origin
from consent.ledger.leaves import body_of
from consent.ledger.merkle import inclusion_proof
from consent.ledger.models import ConsentRecord, EndedRecord, Leaf, TreeHead
from consent.ledger.tiles import remembered, stored_nodes

FORM = "chatbo-consent-export-2"
PART = 5_000
"""Leaves of one signed list."""

Line = dict[str, Any]


def export_records(part: int = PART) -> Iterator[list[Line]]:
    """The lines of the export of the tenant in scope, a part at a time.

    Without what is not sealed when it begins. Names nobody. Yields nothing while nothing was ever
    sealed. Each part is read by queries of its own: the scope may be another by then.
    """
    head = TreeHead.objects.order_by("-size").first()
    if head is None:
        return
    count = sealed_under(head)
    parts = max(1, math.ceil(count / part))
    moment = timezone.now().isoformat(timespec="seconds")
    last = -1
    for number in range(1, parts + 1):
        leaves = list(
            Leaf.objects.filter(position__lt=head.size, position__gt=last).order_by("position")[
                :part
            ]
        )
        last = leaves[-1].position if leaves else last
        about = f"{head.size}\n{count}\npart {number} of {parts}\ntime {moment}\n"
        begin = [{"format": FORM, "checkpoint": head.note}] if number == 1 else []
        yield [*begin, {"list": _signed_list(about, leaves)}, *_lines(leaves, head)]


def sealed_under(head: TreeHead) -> int:
    """How many leaves of the tree up to this head are the tenant's."""
    return Leaf.objects.filter(position__lt=head.size).count()


def _lines(leaves: list[Leaf], head: TreeHead) -> Iterator[Line]:
    nodes = remembered(stored_nodes())
    records = ConsentRecord.objects.select_related("text_version").in_bulk(
        [leaf.pk for leaf in leaves]
    )
    ended = EndedRecord.objects.in_bulk([leaf.pk for leaf in leaves if leaf.pk not in records])
    for leaf in leaves:
        if leaf.pk in ended:
            yield {"ended": {"id": str(leaf.pk), "note": ended[leaf.pk].note}}
        elif leaf.pk in records:
            path = inclusion_proof(nodes, leaf.position, head.size)
            yield {"record": _record(records[leaf.pk], leaf, path)}


def _record(record: ConsentRecord, leaf: Leaf, path: list[bytes]) -> dict[str, Any]:
    return {
        "body": body_of(record, record.text_version.sha256),
        "body_salt": _text(record.salt),
        "identity_hash": _text(leaf.identity_hash),
        "position": leaf.position,
        "path": [_text(step) for step in path],
    }


def _signed_list(about: str, leaves: list[Leaf]) -> str:
    rows = "".join(f"{leaf.position} {leaf.pk} {_text(leaf.hash)}\n" for leaf in leaves)
    return sign_note(origin(), f"{origin()}\nconsents of {current_tenant_id()}\n{about}{rows}")


def _text(data: bytes | memoryview) -> str:
    return base64.b64encode(bytes(data)).decode()
