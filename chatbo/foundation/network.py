"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(request: HttpRequest) -> str:
    """The visitor's network address, past our own proxies; nothing if it is not to be known.

    ``X-Forwarded-For`` is believed only from the right, and only as far as the hops are
    ``settings.TRUSTED_PROXIES`` (addresses or networks): everything further left is the visitor's
    own invention.
    """
    address = _client(request)
    return str(address) if address else ""


def client_network(request: HttpRequest) -> str:
    """What is counted as one visitor: an IPv4 address, or an IPv6 network of 64 bits.

    Such a network is what one household gets (RFC 6177, BCOP 690): within it, everybody has more
    addresses than anybody could count. All that come from nowhere known are one visitor.
    """
    address = _client(request)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address) if address else ""


def shortened(address: str) -> str:
    """A network address that names a neighbourhood, not a line: /24 or /48; nothing if unknown."""
    parsed = _parsed(address)
    if parsed is None:
        return ""
    prefix = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{parsed}/{prefix}", strict=False).network_address)


def in_full(address: str) -> str:
    """A network address in its usual form (IPv6: RFC 5952); nothing if unknown."""
    parsed = _parsed(address)
    return str(parsed) if parsed else ""


def is_from_our_proxy(request: HttpRequest) -> bool:
    """Whether the connection itself comes from one of ``settings.TRUSTED_PROXIES``."""
    return _is_ours(_parsed(request.META.get("REMOTE_ADDR", "")))


def _client(request: HttpRequest) -> Address | None:
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    hops = [hop for hop in hops if hop] + [request.META.get("REMOTE_ADDR", "")]
    address = _parsed(hops.pop())
    while hops and _is_ours(address):
        address = _parsed(hops.pop())
    return address


def _is_ours(address: Address | None) -> bool:
    return address is not None and any(
        address in ipaddress.ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES
    )


def _parsed(text: str) -> Address | None:
    """An address; one of IPv4 as itself, also where a socket for both kinds wrote it as IPv6.

    Without the zone behind a "%", which names a plug of our own machine (RFC 4007).
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
