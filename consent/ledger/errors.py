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


class UnknownReceiptError(LedgerError):
    """The address of a receipt was not made by us, or its record's time has come."""


class NothingToWithdrawError(LedgerError):
    """The record is of nothing that a person agreed to, or nobody stands behind it any more."""


class CannotBeCorrectedError(LedgerError):
    """The record is no consent towards the business: what else is wrong, it cannot set right."""


class NoOtherWayInError(LedgerError):
    """What ends with the withdrawal is the person's only way into their account, and no confirmed
    address is known to which another could be sent."""


class NotGenuineError(LedgerError):
    """A receipt or proof cannot be confirmed. ``reason``: why, as ``checking`` says it."""

    facts_for_the_log: ClassVar = ("reason",)

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place


class TooManyForPaperError(LedgerError):
    """More records than one sealed document can bear."""


class NotWantedAnyMoreError(LedgerError):
    """An export was given up, or is in another worker's hands, while it was being made."""
