"""What can be wrong with the passage and the hosted pages."""


class PassageError(Exception):
    """Base of this room's errors."""


class IncompleteError(PassageError):
    """The business has not said yet who it is, where, and how to reach it."""
