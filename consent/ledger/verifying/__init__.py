"""Looking at every record, leaf and head, and naming what is not as it was."""

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.signing import believed_keys
from consent.ledger.faults import Fault, Report
from consent.ledger.models import TreeHead
from consent.ledger.verifying.growing import GrowingTree
from consent.ledger.verifying.heads import in_heads, in_keys, outside_the_database
from consent.ledger.verifying.leaves import LeavesSeen, in_leaves
from consent.ledger.verifying.tiles import in_tiles
from consent.ledger.verifying.waiting import in_what_waits
from consent.ledger.verifying.words import in_forms, in_texts

__all__ = ["Fault", "Report", "verify_ledger"]


def verify_ledger() -> Report:
    """Check all leaves, bodies, identities, tiles and heads, and what is kept outside the database.

    Finds what was changed, dropped, added, held back or put in another's place, also by the
    database's owner, and a database that was replaced by an older copy of itself. What cannot be
    read is a fault like any other, and hides none.
    """
    with platform_scope("ledger: verify all of it"):
        keys = believed_keys()
        heads = list(TreeHead.objects.order_by("size"))
        roots = {head.size: bytes(head.root) for head in heads}
        tree, seen = GrowingTree(), LeavesSeen()
        faults = [
            *in_keys(),
            *in_heads(heads, keys),
            *in_texts(),
            *in_leaves(tree, roots, keys, seen),
            *in_tiles(tree),
            *in_forms(seen.forms),
            *in_what_waits(),
            *outside_the_database(heads),
        ]
        return Report(seen.leaves, len(heads), faults)
