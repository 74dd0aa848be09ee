"""What is filled into a text: each placeholder has a kind, which says what fits and how it is put.

    "Write to {{ email }}" with {"email": Kind.EMAIL}

A version declares its placeholders; ``filled`` takes exactly a fitting value for each.
"""

import datetime
import re
from collections.abc import Callable, Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils import formats, translation
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from consent.texts.errors import (
    MissingPlaceholderError,
    SuperfluousValueError,
    UndeclaredPlaceholderError,
    WrongValueError,
)
from consent.texts.models import TextVersion

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Kind(models.TextChoices):
    """What may stand in a placeholder's place."""

    LINE = "line", _("one line")
    TEXT = "text", _("several lines")
    NUMBER = "number", _("number")
    DATE = "date", _("date")
    URL = "url", _("web address")
    EMAIL = "email", _("e-mail address")
    LIST = "list", _("list")
    BLOCK = "block", _("paragraphs with headings")


class Block(str):
    """A value that is Markdown itself (a list, paragraphs) and is put in as it stands.

    Whoever makes one has escaped the input in it with ``literally``.
    """

    __slots__ = ()


def names_in(body: str) -> set[str]:
    return set(PLACEHOLDER.findall(body))


def declared_in(version: TextVersion) -> dict[str, Kind | None]:
    """Each placeholder's kind. ``None``: from before the kinds; any value fits."""
    if isinstance(version.placeholders, dict):
        return {name: Kind(kind) for name, kind in version.placeholders.items()}
    return dict.fromkeys(version.placeholders)


def demand_declared(version: TextVersion) -> None:
    """The words and the declaration name the same. Raises ``UndeclaredPlaceholderError``."""
    for name in sorted(names_in(version.body) ^ set(version.placeholders)):
        raise UndeclaredPlaceholderError(version, name)


def fitting(version: TextVersion, stock: Mapping[str, object]) -> dict[str, object]:
    """Of what a room has in stock for several texts, what this one declares."""
    return {name: stock[name] for name in declared_in(version) if name in stock}


def filled(version: TextVersion, values: Mapping[str, object], *, markdown: bool = False) -> str:
    """The text with its placeholders filled in; Markdown stays Markdown.

    ``markdown``: the values are to stand inside Markdown, so whatever in them has a meaning
    there is taken literally. Raises a ``PlaceholderError`` rather than leaving a gap.
    """
    declared = declared_in(version)
    for name in sorted(values.keys() - declared.keys()):
        raise SuperfluousValueError(version, name)
    written = {}
    for name, kind in declared.items():
        if name not in values or (kind and values[name] in ("", None)):
            raise MissingPlaceholderError(version, name)
        try:
            written[name] = in_words(
                kind, values[name], language=version.language, markdown=markdown
            )
        except ValueError as error:
            raise WrongValueError(version, name) from error

    def value_of(match: re.Match[str]) -> str:
        if match[1] not in written:
            raise UndeclaredPlaceholderError(version, match[1])
        return written[match[1]]

    return PLACEHOLDER.sub(value_of, version.body)


def in_words(kind: Kind | None, value: object, *, language: str, markdown: bool = False) -> str:
    """One value as it stands in a text. Raises ``ValueError`` for one that does not fit."""
    if kind is None:
        kind, value = _guessed(value)
    if kind == Kind.BLOCK:
        if not isinstance(value, Block):
            raise ValueError("no block")
        return str(value)
    with translation.override(language):
        text = _day(value) if kind == Kind.DATE else str(value)
    if not _FITS[kind](text):
        raise ValueError(kind)
    return literally(text) if markdown else text


_MEANS_SOMETHING = re.compile(r"([\\`*_{}\[\]()#+!|~])")
_ADDRESS = re.compile(r"(https?://|/)[^\s<>\"'\\]*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def literally(value: str) -> str:
    """A value as Markdown that shows exactly these characters."""
    # Escaped last: the "#" of an entity is no heading.
    return escape(_MEANS_SOMETHING.sub(r"\\\1", value))


def _guessed(value: object) -> tuple[Kind, object]:
    if isinstance(value, Block):
        return Kind.BLOCK, value
    is_day = isinstance(value, datetime.date) or _DAY.fullmatch(str(value))
    return (Kind.DATE if is_day else Kind.TEXT), value


def _day(value: object) -> str:
    """A date, or one as JSON keeps it, in words of the active language."""
    day = value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))
    return str(formats.date_format(day, "DATE_FORMAT"))


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


_FITS: dict[Kind, Callable[[str], bool]] = {
    Kind.LINE: lambda text: len(text.splitlines()) == 1,
    Kind.TEXT: lambda text: True,
    Kind.NUMBER: lambda text: re.fullmatch(r"-?\d+", text) is not None,
    Kind.DATE: lambda text: True,
    Kind.URL: lambda text: _ADDRESS.fullmatch(text) is not None,
    Kind.EMAIL: _is_email,
    Kind.LIST: lambda text: all(line.startswith("- ") for line in text.splitlines()),
}
