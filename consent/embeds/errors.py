"""What can be wrong with a conversion tool."""


class EmbedError(Exception):
    """Base of this room's errors."""


class NotAvailableError(EmbedError):
    """The tool is off, its bot is not live, or the web chat is: there is nothing to open."""


class AskAgainError(EmbedError):
    """The words were changed since so that whoever agreed to them has to be asked again."""


class UnknownVersionError(EmbedError):
    """The form does not come from any version of this tool that was ever handed out."""
