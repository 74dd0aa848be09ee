"""What can go wrong in the room of erasure."""


class ErasureError(Exception):
    """The base of this room's errors."""


class TombstonesError(ErasureError):
    """An entry of the tombstones tells nothing, so that who it is about could come back."""

    reason = ""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class UnreadableTombstonesError(TombstonesError):
    """It is damaged or cut off, or was not made by us."""

    reason = "unreadable"


class UnknownTombstoneKeyError(TombstonesError):
    """It was made with a key that is in the ring no longer."""

    reason = "key_missing"

    def __init__(self, name: str, key_id: str) -> None:
        super().__init__(name)
        self.key_id = key_id


class OutsideStoreAwayError(ErasureError):
    """Nothing lies in the outside store of what the database says must lie there."""


class ReplayIncompleteError(ErasureError):
    """Some erasures could not be carried out again; all others were."""

    def __init__(self, faults: list[TombstonesError]) -> None:
        super().__init__(", ".join(f"{each.name} ({each.reason})" for each in faults))
        self.faults = faults


class PeopleBusyError(ErasureError):
    """Somebody who is to be erased is written to at this moment; soon they are not."""


class RestrictedError(ErasureError):
    """Their data are restricted: the business deletes them only after the restriction is lifted.

    Their own wish is carried out all the same.
    """


class NobodySelectedError(ErasureError):
    """Nobody is stored any more whom the request is about."""
