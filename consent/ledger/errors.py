"""What can be wrong with the ledger."""

from typing import ClassVar


class LedgerError(Exception):
    """Base of this room's errors."""


class LedgerBrokenError(LedgerError):
    """The tree is not what it was: sealing on would hide that."""

    facts_for_the_log: ClassVar = ("why",)

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
