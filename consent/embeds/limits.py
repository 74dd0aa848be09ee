"""So that a script cannot fill a business's ledger, or its bot with people that do not exist."""

import uuid

from chatbo.foundation.limits import count

TEN_MINUTES = 600
MOST = 60  # at one door of one tool from one address: a school's, perhaps, but not a flood


def comes_too_often(door: str, tool_id: uuid.UUID, network: str) -> bool:
    """Count one visitor at a door (``consent``, ``chat``), and say whether these were too many."""
    return count(f"tool-{door}", f"{tool_id} {network}", seconds=TEN_MINUTES) > MOST
