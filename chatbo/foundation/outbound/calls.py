"""HTTP to the addresses that the settings name: the platforms and their stand-ins."""

import dataclasses
from datetime import timedelta
from json import loads
from typing import Any

import httpx

TIMEOUT = httpx.Timeout(8.0, connect=3.0)
LARGEST_ANSWER = 1_000_000


class OutboundError(Exception):
    """No usable answer came. ``sent`` says whether the request may have arrived."""

    def __init__(self, kind: str, *, sent: bool) -> None:
        super().__init__(kind)
        self.kind = kind
        self.sent = sent


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    data: Any
    headers: httpx.Headers

    @property
    def retry_after(self) -> timedelta | None:
        value = self.headers.get("Retry-After", "")
        return timedelta(seconds=int(value)) if value.isdigit() else None


def call(
    method: str,
    url: str,
    *,
    json: Any = None,
    form: dict[str, str] | None = None,
    params: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Call a platform and give back its JSON, whatever the status.

    Raises ``OutboundError`` for no answer in time, no JSON, or more than 1 MB of it. Follows
    no redirect: the addresses are settings, and a platform's API does not move by itself.
    """
    try:
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
            client.stream(
                method, url, json=json, data=form, params=params, headers=headers
            ) as response,
        ):
            body = b""
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise OutboundError("too_large", sent=True)
            return Answer(response.status_code, _parsed(body), response.headers)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise OutboundError("unreachable", sent=False) from error
    except httpx.HTTPError as error:
        raise OutboundError("no_answer", sent=True) from error


def _parsed(body: bytes) -> Any:
    try:
        return loads(body)
    except ValueError as error:
        raise OutboundError("no_json", sent=True) from error
