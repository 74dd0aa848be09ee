"""Which of Meta's error codes mean what for us.

https://developers.facebook.com/docs/messenger-platform/error-codes, June 2026; 368, 1200 and 80006
are not in that list but are seen. Matched on codes, never on messages.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from chatbo.foundation.outbound import Answer
from tenants.bots.platforms.errors import (
    NotPermittedError,
    OurFaultError,
    PageRestrictedError,
    PersonGoneError,
    PlatformError,
    RateLimitedError,
    TemporaryError,
    ThreadTakenError,
    TokenDeadError,
    WindowClosedError,
)

RATE_LIMITS = frozenset({4, 17, 32, 613, 80006})
PASSING = frozenset({1, 2, 1200})
DEFAULT_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)

# The more special one first: (code, subcode); a subcode of None stands for any.
_MEANINGS: tuple[tuple[int, int | None, type[PlatformError]], ...] = (
    (190, None, TokenDeadError),
    (10, 2018278, WindowClosedError),
    (10, 2534022, WindowClosedError),
    (10, 2018108, PersonGoneError),
    (10, 1893063, PageRestrictedError),
    (200, 1545041, PersonGoneError),
    (551, None, PersonGoneError),
    (100, 2018001, PersonGoneError),
    (368, None, PageRestrictedError),
    (2018300, None, ThreadTakenError),
    (10, 2018300, ThreadTakenError),
    (100, 2018300, ThreadTakenError),
    (10, None, NotPermittedError),
    (200, None, NotPermittedError),
    (230, None, NotPermittedError),
)


def error_in(answer: Answer) -> PlatformError:
    """The error that a Graph answer stands for."""
    error = answer.data.get("error") if isinstance(answer.data, dict) else None
    if not isinstance(error, dict):
        return _without_code(answer)
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    name = f"{code}/{subcode}" if subcode else f"{code}"
    for known, known_subcode, meaning in _MEANINGS:
        if code == known and known_subcode in (None, subcode):
            return meaning(name)
    if code in RATE_LIMITS:
        return RateLimitedError(name, retry_after=_pause(answer))
    if code in PASSING or error.get("is_transient") is True or answer.status >= 500:
        return TemporaryError(name, sent=answer.status >= 500)
    return OurFaultError(name)


def _without_code(answer: Answer) -> PlatformError:
    name = f"status {answer.status}"
    if answer.status == 429:
        return RateLimitedError(name, retry_after=answer.retry_after or DEFAULT_PAUSE)
    return TemporaryError(name, sent=True) if answer.status >= 500 else OurFaultError(name)


def _pause(answer: Answer) -> timedelta:
    """From ``X-Business-Use-Case-Usage``: ``{"<page>": [{"estimated_time_to_regain_access": 10}]}``
    in minutes; a minute where it says nothing, an hour at most."""
    try:
        usage = json.loads(answer.headers.get("X-Business-Use-Case-Usage", "{}"))
    except ValueError:
        usage = {}
    minutes = max(_minutes(usage), default=0)
    return min(timedelta(minutes=minutes), LONGEST_PAUSE) if minutes else DEFAULT_PAUSE


def _minutes(usage: Any) -> Iterator[int]:
    entries = usage.values() if isinstance(usage, dict) else ()
    for entry in entries:
        for item in entry if isinstance(entry, list) else ():
            if isinstance(item, dict):
                yield _number(item.get("estimated_time_to_regain_access"))


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
