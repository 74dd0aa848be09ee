"""What cannot be done with bots and channels, with the facts that a page needs to say so."""


class BotsError(Exception):
    """Base of this room's errors. (What platforms answer is in ``platforms.errors``.)"""


class PageTakenError(BotsError):
    """The page or bot belongs to another business here. Whose, is not told."""


class ChannelInUseError(BotsError):
    """The page speaks for another bot of the same business; a page has one bot."""

    def __init__(self, bot_name: str) -> None:
        super().__init__(bot_name)
        self.bot_name = bot_name
