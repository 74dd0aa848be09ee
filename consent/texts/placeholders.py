"""What is filled into a text: each placeholder has a kind, which says what fits and how it is put.

    "Write to {{ email }}" with {"email": Kind.EMAIL}

A version declares its placeholders; ``filled`` takes exactly a fitting value for each.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

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
_STRAY = re.compile(r"\{\{[^{}\n]{0,40}\}\}|\{\{[^{}\n]{0,40}|\}\}")
"""Double braces that are left when all placeholders are out: nothing will ever stand there."""


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


def stray_braces_in(body: str) -> list[str]:
    """What looks like a placeholder and is none (``{{ terms-url }}``, ``{{ x``), as written."""
    rest = PLACEHOLDER.sub("", body)
    return [found.strip() for found in _STRAY.findall(rest)]


def declared_in(version: TextVersion) -> dict[str, Kind | None]:
    """Each placeholder's kind. ``None``: from before the kinds; any value fits."""
    if isinstance(version.placeholders, dict):
        return {name: Kind(kind) for name, kind in version.placeholders.items()}
    return dict.fromkeys(version.placeholders)


def demand_declared(version: TextVersion) -> None:
    """The words and the declaration name the same. Raises ``UndeclaredPlaceholderError``.

    Double braces around anything else are refused as well: readers would see them.
    """
    undeclared = sorted(names_in(version.body) ^ set(version.placeholders))
    for name in [*undeclared, *stray_braces_in(version.body)]:
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
        if name not in values or (kind and _is_blank(values[name])):
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
        value = written[match[1]]
        return _at_its_place(value, match) if markdown else value

    return PLACEHOLDER.sub(value_of, version.body)


def in_words(kind: Kind | None, value: object, *, language: str, markdown: bool = False) -> str:
    """One value as it stands in a text. Raises ``ValueError`` for one that does not fit."""
    is_old = kind is None
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
    if not markdown:
        return text
    if is_old:  # What was signed in such a version reads as it did: lists were lines of text.
        return _without_markup(text)
    return _as_list(text) if kind == Kind.LIST else literally(text)


_MEANS_SOMETHING = re.compile(r"([\\`*_{}\[\]()#+!|~])")
_BEGINS_A_BLOCK = re.compile(r"^([-=]|\d+(?=[.)]))", re.M)
"""A list's item, a rule or the underline of a heading, at the beginning of a line."""
_SPACE = r"[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+"
_AROUND_A_LINE = re.compile(rf"^{_SPACE}|{_SPACE}$", re.M)
_BLANK_LINES = re.compile(r"\A\n|\n(?=\n)|(?<=\n)\n|\n\Z")
_ADDRESS = re.compile(r"(https?://|/)[^\s<>\"'\\]*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def literally(value: str) -> str:
    """A value as Markdown that shows exactly these characters, wherever it stands."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    shown = _BEGINS_A_BLOCK.sub(_first_as_entity, _without_markup(lines))
    # Space that would make code, a break or a new paragraph: an entity is a character like others.
    return _BLANK_LINES.sub("&#10;", _AROUND_A_LINE.sub(_as_entities, shown))


def _without_markup(value: str) -> str:
    # Escaped last: the "#" of an entity is no heading.
    return escape(_MEANS_SOMETHING.sub(r"\\\1", value))


def _as_entities(match: re.Match[str]) -> str:
    return "".join(f"&#{ord(character)};" for character in match[0])


def _first_as_entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0][0])};{match[0][1:]}"


def _as_list(value: str) -> str:
    return "\n".join(f"- {literally(line[2:])}" for line in value.splitlines())


def _at_its_place(value: str, match: re.Match[str]) -> str:
    """A heading is one line; and a number that begins a line begins no list with what follows."""
    text = match.string
    before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    if before.startswith("#"):
        return value.replace("\n", "&#10;")
    follows = text[match.end() : match.end() + 1]
    if re.fullmatch(r"\d+", value) and follows in {".", ")"} and not before.strip(" \t>-*+"):
        return f"&#{ord(value[0])};{value[1:]}"
    return value


def _guessed(value: object) -> tuple[Kind, object]:
    if isinstance(value, Block):
        return Kind.BLOCK, value
    is_day = isinstance(value, datetime.date) or _DAY.fullmatch(str(value))
    return (Kind.DATE if is_day else Kind.TEXT), value


def _day(value: object) -> str:
    """A date, or one as JSON keeps it, in words of the active language."""
    day = value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))
    return str(formats.date_format(day, "DATE_FORMAT"))


def _is_blank(value: object) -> bool:
    """Whether nothing of it could be seen."""
    return value is None or not any(
        character.isprintable() and not character.isspace() for character in str(value)
    )


def _is_address(text: str) -> bool:
    """Of a page: with a host, or a path of ours; ``//evil.example`` is neither."""
    if _ADDRESS.fullmatch(text) is None:
        return False
    if text.startswith("/"):
        return len(text) > 1 and text[1] != "/"
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


_FITS: dict[Kind, Callable[[str], bool]] = {
    Kind.LINE: lambda text: len(text.splitlines()) == 1,
    Kind.TEXT: lambda text: True,
    Kind.NUMBER: lambda text: re.fullmatch(r"-?[0-9]+", text) is not None,
    Kind.DATE: lambda text: True,
    Kind.URL: _is_address,
    Kind.EMAIL: _is_email,
    Kind.LIST: lambda text: all(
        line.startswith("- ") and not _is_blank(line[2:]) for line in text.splitlines()
    ),
}
