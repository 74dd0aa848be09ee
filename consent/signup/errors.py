"""What can go wrong while somebody signs up."""


class SignupError(Exception):
    """Base of this room's errors."""


class InvalidLinkError(SignupError):
    """The link was forged or damaged, or is older than its three days."""


class MailFailedError(SignupError):
    """The confirmation could not be sent. Nothing was stored that could send it later."""


class AlreadyOpenError(SignupError):
    """The account behind the link exists: it was confirmed before, or by another link."""


class ChangedMeanwhileError(SignupError):
    """A newer version of a text came into force while its page was open."""
