"""Why records cannot be held."""


class HoldError(ValueError):
    """What is asked for cannot be held."""


class BadDateError(HoldError):
    """The last day is not ahead, or more than ``models.LONGEST`` years ahead."""


class BadPeriodError(HoldError):
    """The first message would be later than the last."""


class NoReasonError(HoldError):
    """Nothing says what the claim is about."""


class TooLongError(HoldError):
    """The sentence is longer than ``models.LONGEST_REASON``."""


class NobodyToHoldError(HoldError):
    """Nothing is stored on the person any more."""


class NotLaterError(HoldError):
    """The new last day is not later than the one that is set."""
