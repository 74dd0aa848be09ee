"""Looking at what was sent, key by key, the way the Graph API complains about it."""

from typing import Any
from urllib.parse import urlsplit

from standins.graph.errors import wrong


def fields_of(
    value: Any, where: str, *, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()
) -> dict[str, Any]:
    """An object with just these keys."""
    if not isinstance(value, dict):
        raise wrong(f"Param {where} must be an object.")
    if unknown := [key for key in value if key not in required + optional]:
        raise wrong(f'Invalid keys "{", ".join(unknown)}" were found in param "{where}".')
    for key in required:
        if value.get(key) in (None, "", [], {}):
            raise wrong(f"Param {where}[{key}] must be non-empty.")
    return value


def items_of(value: Any, where: str, *, least: int = 1, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise wrong(f"Param {where} must be an array.")
    if not least <= len(value) <= most:
        raise wrong(f"Param {where} has {len(value)} items; it must have {least} to {most}.")
    return value


def text_of(value: Any, where: str, *, most: int) -> str:
    if not isinstance(value, str) or not value:
        raise wrong(f"Param {where} must be a non-empty UTF-8 encoded string")
    if len(value) > most:
        raise wrong(f"Length of param {where} must be less than or equal to {most}")
    return value


def url_of(value: Any, where: str) -> str:
    text = text_of(value, where, most=2000)
    if urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname:
        raise wrong(f"Param {where} is not a valid URI: {text}")
    return text
