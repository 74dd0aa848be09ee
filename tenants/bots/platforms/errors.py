"""What a platform may answer instead of doing what it was asked, by what can be done about it."""

from datetime import timedelta
from typing import ClassVar


class PlatformError(Exception):
    """A platform did not do it. ``code`` is the platform's own word for why, never a text.

    ``problem`` names the sentence that the owner of the channel reads (``tenants.bots.problems``);
    empty where only this one message or person is concerned.
    """

    facts_for_the_log: ClassVar = ("code",)
    problem = ""
    retry_after: timedelta | None = None
    """When to come back, where the platform says so."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PermanentError(PlatformError):
    """Trying again would change nothing."""


class TokenDeadError(PermanentError):
    """The token is no longer worth anything: only connecting anew helps."""

    problem = "token_dead"


class PageRestrictedError(PlatformError):
    """The platform has restricted the page or the bot; it may lift that by itself."""

    problem = "page_restricted"


class NotPermittedError(PermanentError):
    """The token lives, but may not do this: a permission is missing."""

    problem = "not_permitted"


class PersonGoneError(PermanentError):
    """This person has blocked the page or left the platform. Permanent for the person."""


class WindowClosedError(PermanentError):
    """Too late: the platform lets a page write for 24 hours after the person did."""


class ThreadTakenError(PlatformError):
    """Another app (a human's inbox) has the conversation at the moment."""


class RateLimitedError(PlatformError):
    """Too many calls; ``retry_after`` says when to come back."""

    def __init__(self, code: str, *, retry_after: timedelta) -> None:
        super().__init__(code)
        self.retry_after = retry_after


class TemporaryError(PlatformError):
    """It may pass by itself. ``sent``: the platform may have done it all the same."""

    problem = "unreachable"

    def __init__(self, code: str, *, sent: bool = False) -> None:
        super().__init__(code)
        self.sent = sent


class OurFaultError(PermanentError):
    """The platform did not understand us."""

    problem = "our_fault"
