"""What can be wrong with a text."""

from typing import Any, ClassVar


class TextError(Exception):
    """Base of this room's errors."""


class NotApprovedError(TextError):
    """No lawyer has approved any version of the text; it must not be used."""

    facts_for_the_log: ClassVar = ("key", "language")

    def __init__(self, key: str, language: str) -> None:
        super().__init__(f"{key} ({language})")
        self.key = key
        self.language = language


class NotALawyerError(TextError):
    """Only a lawyer decides on texts, whoever else may read them."""


class NotInUseError(TextError):
    """What was never approved, or is no longer, has no validity that could end."""


class TextChangedError(TextError):
    """The stored words are not those that were submitted: their hash differs."""


class AnotherWordError(TextError):
    """Another word has come since the lawyer looked: ``said``, the last one now."""

    def __init__(self, said: Any) -> None:
        super().__init__(str(said.version_id))
        self.said = said


class OverError(TextError):
    """The version's time is over: nobody would ever read what is approved."""


class NotTheAuthorError(TextError):
    """A draft is its author's alone."""


class DraftGoneError(TextError):
    """The draft is handed in or thrown away, or was never this author's."""


class PlaceholderError(TextError):
    """Something about one placeholder of one version; the message names both."""

    facts_for_the_log: ClassVar = ("version", "name")

    def __init__(self, version: object, name: str) -> None:
        super().__init__(f"{version}: {name}")
        self.version = str(version)
        self.name = name


class MissingPlaceholderError(PlaceholderError):
    """A placeholder of the text has no value."""


class SuperfluousValueError(PlaceholderError):
    """A value is given for a placeholder that the text does not declare."""


class WrongValueError(PlaceholderError):
    """The value is not of the placeholder's kind."""


class UndeclaredPlaceholderError(PlaceholderError):
    """The words have a placeholder that is not declared, or declare one that they do not have."""
