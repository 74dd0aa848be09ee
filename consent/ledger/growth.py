"""What shows that the tree only grew: nothing in it was rewritten between two signed heads."""

import base64
from typing import Any

from consent.ledger.models import TreeHead
from consent.ledger.proofs import prove_consistency

FORM = "chatbo-consent-growth-1"


def growth_between(before: int, size: int) -> dict[str, Any] | None:
    """As ``chatbo-verify`` reads it; nothing unless both sizes were signed, the earlier first.

    Asks for no scope: it says nothing of any record.
    """
    if not 0 < before <= size:
        return None
    notes = dict(TreeHead.objects.filter(size__in=[before, size]).values_list("size", "note"))
    if not {before, size} <= set(notes):
        return None
    return {
        "format": FORM,
        "before": notes[before],
        "after": notes[size],
        "path": [base64.b64encode(step).decode() for step in prove_consistency(before, size)],
    }
