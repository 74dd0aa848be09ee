"""Long lists come in parts, with a cursor that leads to the next one.

https://developers.facebook.com/docs/graph-api/results
"""

import base64
import binascii
from typing import Any
from urllib.parse import urlencode

from standins.graph.access import VERSIONS, GraphCall
from standins.graph.errors import wrong

PRESET = 25
MOST = 100


def one_part_of(call: GraphCall, data: list[dict[str, Any]], path: str) -> dict[str, Any]:
    """The part that ``after`` and ``limit`` ask for. ``next`` is there where more follows."""
    limit = _limit(call)
    start = _place(call, str(call.params.get("after", "")), len(data))
    part = data[start : start + limit]
    if not part:
        return {"data": []}
    cursors = {"before": _cursor(start), "after": _cursor(start + len(part))}
    paging: dict[str, Any] = {"cursors": cursors}
    if start + len(part) < len(data):
        query = urlencode({"access_token": call.token, "limit": limit, "after": cursors["after"]})
        host = call.request.host_url.rstrip("/")
        paging["next"] = f"{host}/graph/v{VERSIONS[-1]}.0/{path}?{query}"
    return {"data": part, "paging": paging}


def _limit(call: GraphCall) -> int:
    asked = str(call.params.get("limit", PRESET))
    if not asked.isdecimal() or int(asked) < 1:
        raise wrong("Param limit must be a positive integer")
    return min(int(asked), MOST)


def _place(call: GraphCall, cursor: str, total: int) -> int:
    if not cursor:
        return 0
    try:
        place = int(base64.urlsafe_b64decode(cursor).decode("ascii"))
    except (binascii.Error, ValueError):
        place = -1
    if not 0 <= place <= total:
        raise wrong("The After Cursor specified exceeds the max limit supported by this endpoint")
    return place


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode()
