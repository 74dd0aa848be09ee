"""What the conversation cannot do."""

from chatbo.conversation.readiness import Missing


class NotReadyError(Exception):
    """A bot may not go live yet; ``missing`` says what has to be there first."""

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing
