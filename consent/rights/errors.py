"""Why what a person demands cannot be carried out."""


class RightsError(ValueError):
    """What is asked for cannot be done."""


class NobodyError(RightsError):
    """Nothing is stored on the person any more, or they are being erased already."""


class NoteTooLongError(RightsError):
    """The note is longer than ``models.LONGEST_NOTE``."""


class BadDayError(RightsError):
    """The person was told on a day that is ahead, or before the restriction was set."""


class NoteMissingError(RightsError):
    """How the person was told is neither a known way nor noted."""


class UnknownLanguageError(RightsError):
    """It is none that ChatBo speaks."""


class EmptyStatementError(RightsError):
    """It says nothing."""


class StatementTooLongError(RightsError):
    """It is longer than ``models.LONGEST_STATEMENT``."""


class TooManyStatementsError(RightsError):
    """The person has ``rectifying.MOST`` of them already."""
