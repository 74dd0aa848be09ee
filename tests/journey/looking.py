"""Every page below some address, as people of other eyes, hands and devices meet it.

The addresses come from the product itself: a page that is added is looked at without being named.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, BrowserContext

from tests.journey.accessibility import problems
from tests.visitors import visitor

WAYS = ((1280, "light", "de"), (390, "dark", "en"))
_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass
class Looker:
    """Somebody at a browser: ``user``, or nobody who is logged in."""

    browser: Browser
    site_url: str
    user: Any = None

    def looks_at(self, addresses: Mapping[str, str]) -> set[str]:
        """The names of those that are pages: axe finds nothing there, and nothing is cut off.

        What takes no GET, leads elsewhere, or answers with a file or a part of a page, is none.
        """
        pages: set[str] = set()
        for width, theme, language in WAYS:
            context = self._context(width, theme, language)
            page = context.new_page()
            for name, address in addresses.items():
                if not _is_page(context, self.site_url + address):
                    continue
                page.goto(self.site_url + address)
                assert problems(page) == [], f"{name}, {width} pixels, {theme}: {address}"
                pages.add(name)
            context.close()
        return pages

    def _context(self, width: int, theme: Any, language: str) -> BrowserContext:
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme
        )
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if self.user is not None:
            cookies["sessionid"] = visitor(self.user).cookies["sessionid"].value
        context.add_cookies(
            [
                {"name": name, "value": value, "url": self.site_url}
                for name, value in cookies.items()
            ]
        )
        return context


def addresses_below(start: str, **known: Any) -> dict[str, str]:
    """All addresses that begin so, by their names; ``known``: what stands in them.

    Something that stands in one and is not known is a fault: the page would not be looked at.
    """
    return {
        name: "/" + _VARIABLE.sub(lambda found: str(known[found[1]]), route)
        for name, route in _routes(get_resolver().url_patterns)
        if route.startswith(start)
    }


def _routes(
    patterns: Sequence[URLPattern | URLResolver], before: str = "", space: str = ""
) -> Iterator[tuple[str, str]]:
    for each in patterns:
        route = f"{before}{each.pattern}"
        if isinstance(each, URLPattern):
            yield f"{space}{each.name}", route
        else:
            yield from _routes(
                each.url_patterns, route, f"{each.namespace}:" if each.namespace else space
            )


def _is_page(context: BrowserContext, url: str) -> bool:
    answer = context.request.get(url, max_redirects=0)
    assert answer.status < 500, url
    if answer.status == 405 or 300 <= answer.status < 400:
        return False
    return "text/html" in answer.headers.get("content-type", "") and "<html" in answer.text()
