"""What asking for the end, or carrying it out, can run into."""

from datetime import timedelta


class LeavingError(Exception):
    """Base of the errors around the end of a business."""


class NameDiffersError(LeavingError):
    """What was typed to confirm is not the company's name."""


class NotLeavingError(LeavingError):
    """The business does not leave, or it is too late to stay."""


class ExportMissingError(LeavingError):
    """The business wanted its data back and no file is there that it could have taken."""


class NothingDeletedError(LeavingError):
    """Rows are there that the database does not let go, without saying so."""


class NotMineAnyMoreError(LeavingError):
    """The lease has run out and somebody else is at it, or the wish is gone."""


class StillBusyError(LeavingError):
    """Something else has to come to its end first; ``after``: when to look again."""

    def __init__(self, after: timedelta) -> None:
        super().__init__()
        self.after = after
