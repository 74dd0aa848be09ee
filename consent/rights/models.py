"""What this room stores; each part says its own."""

from consent.rights.by_hand.models import Particulars, RightsRequest
from consent.rights.restrictions import (
    LONGEST_NOTE,
    LONGEST_STATEMENT,
    Restriction,
    SupplementaryStatement,
)

__all__ = [
    "LONGEST_NOTE",
    "LONGEST_STATEMENT",
    "Particulars",
    "Restriction",
    "RightsRequest",
    "SupplementaryStatement",
]
