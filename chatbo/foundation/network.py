"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The visitor's network address, past our own proxies; nothing if it is not to be known.

    ``X-Forwarded-For`` is believed only from the right, and only as far as the hops are
    ``settings.TRUSTED_PROXIES`` (addresses or networks): everything further left is the visitor's
    own invention.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    hops = [hop for hop in hops if hop] + [request.META.get("REMOTE_ADDR", "")]
    address = hops.pop()
    while hops and _is_ours(address):
        address = hops.pop()
    return address if _parsed(address) else ""


def _is_ours(address: str) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(
        parsed in ipaddress.ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES
    )


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None
