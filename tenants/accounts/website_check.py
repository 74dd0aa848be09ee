"""Whether the imprint and the privacy policy that a business names can be read by anybody.

Asked of the website through the guarded client. Outside any scope: a website may take seconds to
answer, and the database must not wait for it.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from chatbo.foundation.outbound import FetchError, Reason, fetch


@dataclass(frozen=True)
class Finding:
    """What became of one address. Reachable without a doubt: no ``reason``, no ``leads_to``."""

    url: str
    status: int | None = None
    """Of the page that came; none if nothing came."""
    reason: Reason | None = None
    leads_to: str = ""
    """The other website's name, where a redirect leads off the one that was named."""

    @property
    def is_reachable(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def look_at(urls: Sequence[str]) -> list[Finding]:
    """Look at a few addresses side by side: five seconds for all of them."""
    if not urls:
        return []
    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        return list(pool.map(_look_at, urls))


def _look_at(url: str) -> Finding:
    try:
        page = fetch(url)
    except FetchError as error:
        return Finding(url, reason=error.reason)
    return Finding(url, status=page.status, leads_to=_elsewhere(url, page.url))


def _elsewhere(asked: str, came: str) -> str:
    asked_host, came_host = (urlsplit(url).hostname or "" for url in (asked, came))
    is_same = asked_host.removeprefix("www.") == came_host.removeprefix("www.")
    return "" if is_same else came_host
