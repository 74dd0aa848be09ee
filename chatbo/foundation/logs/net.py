"""The last net: hides what looks like somebody's address, number or token, whoever wrote it.

No line should need it. It cannot know a name or a message; these are kept out before
(``logs.foreign``, ``logs.exceptions``).
"""

import re
import uuid

from structlog.typing import EventDict, WrappedLogger

_NET = re.compile(
    r"""
      (?P<uuid> (?<![\w-]) [0-9a-f]{8} (?:-[0-9a-f]{4}){3} -[0-9a-f]{12} (?![\w-]) )
    | (?P<address> [^\s<>"'@:=,;()\[\]]+ @ [\w.-]+ )
    | (?P<ip> (?<![\w.]) \d{1,3} (?:\.\d{1,3}){3} (?![\w.])
        | (?<![\w:]) (?:[0-9a-f]{0,4}:){3,7} [0-9a-f]{0,4} (?![\w:])
        | (?<![\w:]) [0-9a-f:]* :: [0-9a-f:]* (?![\w:]) )
    | (?P<token> \b \d{5,} : [\w-]{20,}
        | (?<![\w-]) (?=[\w-]*\d) [\w-]{20,} )
    | (?P<number> (?<!\w) \+? (?:\d[ ()/-]*){6,} \d (?!\w) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Written by the code, and full of long words and digits.
_NOT_SEARCHED = {"timestamp", "exception", "level", "logger"}


def catch_what_slipped_through(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A structlog processor: each fact as simple text or number, without what the net catches."""
    return {
        name: value if name in _NOT_SEARCHED else _plain(value) for name, value in event.items()
    }


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return "(number)" if abs(value) >= 1_000_000 else value
    if isinstance(value, str | uuid.UUID):
        return hidden(str(value))
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return f"({type(value).__name__})"  # A repr may show anything.


def hidden(text: str) -> str:
    """A text in which ids stay, and addresses, numbers and tokens are named by their kind."""
    return _NET.sub(
        lambda found: found.group() if found.lastgroup == "uuid" else f"({found.lastgroup})", text
    )
