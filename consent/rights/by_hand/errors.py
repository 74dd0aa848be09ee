"""Why a request cannot be entered, checked, carried out or closed."""


class ByHandError(ValueError):
    """What is asked for cannot be done with this request."""


class BadDayError(ByHandError):
    """The day is ahead, before the request, or more than a year back."""


class NobodyError(ByHandError):
    """Nothing is stored on the person, or nobody was named."""


class SomebodyNamedError(ByHandError):
    """The request is about somebody already."""


class NotCheckedError(ByHandError):
    """Nobody has noted how it was made sure who asked (Art. 12(6) GDPR)."""


class NoReasonError(ByHandError):
    """Nothing says why."""


class TooLongError(ByHandError):
    """A text is longer than ``models.LONGEST_TEXT``."""


class TooLateError(ByHandError):
    """The first month is over, or the time was extended before (Art. 12(3) GDPR)."""


class IdentifiedError(ByHandError):
    """It was made sure who asked: that they are unknown is no ground any more."""


class NotCarriedOutError(ByHandError):
    """What was asked for has not been done: the person is still stored."""


class NotKnownError(ByHandError):
    """The product does not know that it was done, and nobody said how it was."""


class CarriedOutError(ByHandError):
    """Something was done on the person because of it, or has begun."""


class ErasureBegunError(CarriedOutError):
    """Its erasure has begun, and nothing stops it: what is left is the answer."""


class CopyUnderWayError(ByHandError):
    """A copy of the person's data is being made just now."""


class NotExtendedError(ByHandError):
    """The time was not extended: there is nothing to tell."""


class OtherKindError(ByHandError):
    """The request asks for something else."""


class IllegalTransitionError(ByHandError):
    """The request cannot go from its state to that one."""
