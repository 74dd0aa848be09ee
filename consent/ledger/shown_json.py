"""JSON that a stranger shows us, read so that nothing in it can be meant in two ways."""

import json
from typing import Any

from consent.ledger.errors import NotGenuineError

Json = dict[str, Any]

DEEPEST = 40
"""Levels. A receipt has eight; what is deeper could break whoever walks it."""
_FIRST_LINE = 10_000
_BOM = b"\xef\xbb\xbf"


def parsed(data: bytes) -> Json:
    """An object, without a name twice, letters that do not exist, or numbers that are none.

    Raises ``NotGenuineError`` (``no_receipt``).
    """
    try:
        shown = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_refused
        )
        if not isinstance(shown, dict) or _is_too_deep(shown):
            raise NotGenuineError("no_receipt")
        json.dumps(shown, ensure_ascii=False).encode()  # A lone surrogate is no letter.
    except (ValueError, RecursionError) as error:
        raise NotGenuineError("no_receipt") from error
    return shown


def first_line(data: bytes) -> Json:
    """Of JSON Lines the first; nothing where that is no object of its own."""
    line, _, _ = data.removeprefix(_BOM)[:_FIRST_LINE].partition(b"\n")
    try:
        return parsed(line)
    except NotGenuineError:
        return {}


def _once(pairs: list[tuple[str, Any]]) -> Json:
    """Said twice, one of them could be read and the other one checked."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _refused(word: str) -> None:
    raise ValueError(word)


def _is_too_deep(shown: Json) -> bool:
    level: list[Any] = [shown]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _within(each)]
        if not level:
            return False
    return True


def _within(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
