"""What can go wrong with recipients."""

from consent.erasure.errors import ErasureError


class KnownRecipientError(ErasureError):
    """The business has entered this address already."""


class TooManyRecipientsError(ErasureError):
    """The business has as many recipients as it may have (``registering.MOST``)."""
