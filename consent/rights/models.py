"""What this room stores; each sub-room has its own."""

from consent.rights.by_hand.models import Particulars, RightsRequest

__all__ = ["Particulars", "RightsRequest"]
