"""Why nothing was fetched from an address that a tenant typed."""

from enum import StrEnum


class Reason(StrEnum):
    FORM = "form"
    """Not ``https://name/...``: another scheme, a number for a name, credentials, a port."""
    UNKNOWN = "unknown"
    """No such name, or its name servers do not answer."""
    NOT_PUBLIC = "not_public"
    """The name leads into a network that is nobody's public website."""
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    SLOW = "slow"
    """Not complete in the time given, whatever came until then."""
    REDIRECTS = "redirects"
    """Too many, or one that names no address."""
    TYPE = "type"
    """Something else than was asked for, or packed in a way that was not."""
    TOO_LARGE = "too_large"
    BROKEN = "broken"
    """What came is no HTTP."""


class FetchError(Exception):
    """Nothing was fetched. Says why, and never what address was asked for: it may be logged."""

    def __init__(self, reason: Reason, *, redirected: bool = False) -> None:
        super().__init__(reason.value)
        self.reason = reason
        #: Whether the address itself answered, and it is what it leads to that fails.
        self.redirected = redirected
