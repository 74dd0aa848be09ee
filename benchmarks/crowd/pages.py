"""The dashboard's pages, found as a person finds them: from each area's home along the links.

So a page that is added is measured without being named here. Of every address one is kept, and of
a list each way to sort it, its last page, and what ``SEARCHES`` and ``PEOPLE`` ask for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client
from django.urls import resolve

from benchmarks.crowd import sizes
from benchmarks.running import BenchmarkError

if TYPE_CHECKING:
    from benchmarks.crowd.running import Crowd

LINK = re.compile(r'href="([/?][^"#]*)"')
SEARCHES = {
    "ledger:list": ("?decision=granted", "?since=2026-11-01"),
    "erasure:list": ("?q=23456789abcdef",),
    "accounts:log": ("?action=contract.signed", "?since=2026-06-01&until=2026-06-30"),
    "platform:log": ("?action=contract.signed", "?since=2026-06-01&until=2026-06-30"),
    "platform:tenants": ("?q=betrieb",),
    "contract_review:list": ("?q=betrieb",),
}
PEOPLE = {"ledger:list": "2345678901234567", "platform:users": "owner"}
"""Whom is searched for on which page."""
LAST = "1000000"
"""The number of a page behind the last one: the last one is shown."""


@dataclass(frozen=True)
class Page:
    name: str
    """The address's name, with what else is asked for: ``ledger:list ?sort=purpose``."""
    address: str


def pages_of(client: Client, home: str) -> list[Page]:
    """Every page below a home that this person can follow a link to."""
    found: dict[str, Page] = {}
    wanted = [home]
    while wanted:
        page = _page(wanted.pop(0))
        if page.name in found:
            continue
        found[page.name] = page
        links = _links(client, page)
        if links is None:
            del found[page.name]  # a file, or a way somewhere else
            continue
        wanted += [link for link in links if link.startswith(home) and _is_page(link)]
        wanted += [page.address + search for search in SEARCHES.get(page.name, ())]
        if person := PEOPLE.get(page.name):
            found_by = client.post("/search/", {"q": person, "page": page.address})
            wanted.append(found_by.headers["Location"])
    return list(found.values())


def _is_page(link: str) -> bool:
    """Not a file: those have endings."""
    return urlsplit(link).path.endswith("/")


def _page(address: str) -> Page:
    parts = urlsplit(address)
    name = resolve(parts.path).view_name
    asked = parse_qs(parts.query)
    if "page" in asked:
        return Page(f"{name}, last page", f"{parts.path}?page={LAST}")
    return Page(f"{name} ?{parts.query}" if asked else name, address)


def _links(client: Client, page: Page) -> list[str] | None:
    """Where the page leads; nothing where it is none, but a file or a way to another one."""
    answer: Any = client.get(page.address)
    if answer.status_code in {301, 302, 405}:
        return None
    if answer.status_code != 200:
        raise BenchmarkError(f"{page.address} was answered {answer.status_code} instead of 200.")
    if not answer["Content-Type"].startswith("text/html"):
        return None
    if "?" in page.address:
        return []
    links = [unescape(link) for link in LINK.findall(answer.content.decode())]
    return [page.address + link if link.startswith("?") else link for link in links]


@dataclass(frozen=True)
class Area:
    """A part of the dashboard with somebody who is at home there, and whose scope it opens."""

    name: str
    client: Client
    home: str
    ids: dict[str, str]
    """The settings of the scope (``tenant_id``, ...); none for the platform's, which sees all."""

    @property
    def written_ids(self) -> list[str]:
        """As Django writes them into a statement."""
        return [id_.replace("-", "") for id_ in self.ids.values()]

    @property
    def cookie(self) -> str:
        return f"sessionid={self.client.cookies['sessionid'].value}"


def areas(crowd: "Crowd") -> Iterator[Area]:
    """The largest business, a middling one, the platform, a partner."""
    people = crowd.people
    for name, place in (("largest", sizes.LARGEST), ("middling", sizes.MIDDLING)):
        tenant, owner = people.tenants[place], people.owners[place]
        ids = {"tenant_id": str(tenant.pk), "user_id": str(owner.pk)}
        yield Area(name, _client(owner), f"/app/{tenant.slug}/", ids)
    yield Area("platform", _client(people.admin), "/platform/", {})
    yield Area(
        "partner", _client(people.partner.user), "/partner/", {"partner_id": str(people.partner.pk)}
    )


def _client(user: Any) -> Client:
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
