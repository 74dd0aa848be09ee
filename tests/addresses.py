"""Every address of the product by its name, walked from the list of addresses itself."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PLACE = re.compile(r"<(\w+:\w+)>")
FITTING = defaultdict(
    lambda: str(uuid.UUID(int=7)),
    {
        "slug:tenant_slug": "cafe-morgenrot",
        "slug:code": "abc",
        "str:kind": "html",
        "str:form": "json",
        "int:pk": "7",
        "int:number": "1",
    },
)
# Where the list has a regular expression in the place of ids.
EXPRESSIONS = {
    r"\^password/reset/key/.*": "password/reset/key/1-set-password/",
    r"\^confirm-email/.*": "confirm-email/abc/",
}


def routes() -> list[tuple[str, str]]:
    """Each name with its route, the places of the ids still in it."""
    return list(_walked(get_resolver().url_patterns))


def named_addresses() -> list[tuple[str, str]]:
    """Each name, with something that fits in the place of every id."""
    return [(name, _filled(route)) for name, route in routes()]


def _filled(route: str) -> str:
    address = PLACE.sub(lambda found: FITTING[found[1]], f"/{route}")
    for expression, instead in EXPRESSIONS.items():
        address = re.sub(expression, instead, address)
    return address


def _walked(patterns: list[Any], prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walked(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            # As Django itself calls an address without a name.
            yield space + (pattern.name or pattern.lookup_str), route
