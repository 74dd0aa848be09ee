"""What can be wrong with a text."""

from typing import ClassVar


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


class TextChangedError(TextError):
    """The stored words are not those that were submitted: their hash differs."""


class MissingPlaceholderError(TextError):
    """A placeholder of the text has no value."""

    def __init__(self, version: object, name: str) -> None:
        super().__init__(f"{version}: {name}")
        self.name = name
