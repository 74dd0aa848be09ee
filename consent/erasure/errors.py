"""What can go wrong in the room of erasure."""


class ErasureError(Exception):
    """The base of this room's errors."""


class UnknownTombstoneKeyError(ErasureError):
    """A tombstone was made with a key that is in the ring no longer."""

    def __init__(self, key_id: str) -> None:
        super().__init__(key_id)
        self.key_id = key_id


class PeopleBusyError(ErasureError):
    """Somebody who is to be erased is written to at this moment; soon they are not."""
