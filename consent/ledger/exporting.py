"""All records of a business with what proves them, as ``chatbo-verify`` reads it.

Form ``chatbo-consent-export-1``, JSON Lines: a header with the signed head of the tree and a signed
list of all the business's leaves, then a line a record, or its ending. The list is what makes a
record that was dropped or added stand out; a record's own proof would not miss its neighbour.
"""

import base64
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from chatbo.foundation.isolation.scopes import current_tenant_id
from chatbo.foundation.signing import sign_note
from consent.ledger.heads import origin
from consent.ledger.leaves import body_of
from consent.ledger.merkle import inclusion_proof
from consent.ledger.models import ConsentRecord, EndedRecord, Leaf, TreeHead
from consent.ledger.tiles import stored_nodes

FORM = "chatbo-consent-export-1"


def export_records() -> Iterator[dict[str, Any]]:
    """The lines of the export of the tenant in scope; without what is not sealed yet.

    Names nobody. Yields nothing while nothing was ever sealed.
    """
    head = TreeHead.objects.order_by("-size").first()
    if head is None:
        return
    leaves = list(Leaf.objects.filter(position__lt=head.size).order_by("position"))
    yield {"format": FORM, "checkpoint": head.note, "list": _signed_list(head, leaves)}
    nodes = stored_nodes()
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


def _signed_list(head: TreeHead, leaves: list[Leaf]) -> str:
    moment = timezone.now().isoformat(timespec="seconds")
    rows = "".join(f"{leaf.position} {leaf.pk} {_text(leaf.hash)}\n" for leaf in leaves)
    return sign_note(
        origin(),
        f"{origin()}\nconsents of {current_tenant_id()}\n{head.size}\n{len(leaves)}\n"
        f"time {moment}\n{rows}",
    )


def _text(data: bytes | memoryview) -> str:
    return base64.b64encode(bytes(data)).decode()
