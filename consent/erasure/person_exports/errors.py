"""What can go wrong with a person's file."""

from consent.erasure.errors import ErasureError


class TooOftenError(ErasureError):
    """The person has asked as often as they may within a day."""


class NotWantedAnyMoreError(ErasureError):
    """The row is gone, as the person is, or in other hands: whoever makes the file stops."""


class UnknownLinkError(ErasureError):
    """It opens nothing: made up, used, expired, or just being used. Nobody is told which."""


class CannotBeWrittenToError(ErasureError):
    """The platform lets nobody write to this person at the moment."""
