"""Which addresses may be fetched for somebody who typed them: their form, and where they lead."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address

import httpx

from chatbo.foundation.outbound.errors import FetchError, Reason

LONGEST = 2_000
# A name with a dot and a top-level domain that is none of the ways to write a number: 127.1,
# 2130706433, 0x7f.0.0.1 and [::1] are what a resolver takes for an address.
_NAME = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z"
)


@dataclass(frozen=True)
class Address:
    scheme: str
    host: str
    """As it is resolved and as the certificate must have it: ASCII, IDNA 2008."""
    port: int
    target: bytes

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port


def parsed(url: str, *, base: str = "", stand_ins: str = "") -> tuple[str, Address]:
    """An address's usual form and its parts; ``base`` is that of the page which leads there.

    Parsed once, and from here on only the parts are used: two parsers that disagree on what the
    host is would be a way in. ``stand_ins``: the one origin that is accepted as it is.
    Raises ``FetchError`` (form).
    """
    try:
        found = httpx.URL(base).join(url.strip()) if base else httpx.URL(url.strip())
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise FetchError(Reason.FORM) from error
    found = found.copy_with(fragment=None)
    if found.userinfo or len(str(found)) > LONGEST:
        raise FetchError(Reason.FORM)
    host = found.raw_host.decode("ascii")
    address = Address(found.scheme, host, _port(found), found.raw_path)
    is_website = address.origin[::2] == ("https", 443) and _NAME.match(host) is not None
    if not is_website and not (stand_ins and address.origin == origin_of(stand_ins)):
        raise FetchError(Reason.FORM)
    return str(found), address


def origin_of(url: str) -> tuple[str, str, int]:
    found = httpx.URL(url)
    return found.scheme, found.host, _port(found)


def _port(url: httpx.URL) -> int:
    return {"https": 443, "http": 80}.get(url.scheme, 0) if url.port is None else url.port


# The IANA registries of special-purpose addresses (RFC 6890), and what clouds keep for themselves.
_NEVER_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by providers (RFC 6598); Alibaba's metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's own services, seen from each of its machines
        "169.254.0.0/16",  # link-local; metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# Everything else in IPv6 is mapped, translated (64:ff9b::/96), local or not given out.
_GIVEN_OUT_6 = IPv6Network("2000::/3")
_NEVER_6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocols, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: holds an IPv4 address of anybody's choice
        "3fff::/20",  # documentation
    )
)


def is_public(address: str) -> bool:
    """Whether a resolved address is one of the public internet's.

    A network's own translation prefix (NAT64) looks like any other; where one is used, the
    firewall has to keep it off.
    """
    try:
        parsed_address = ip_address(address)
    except ValueError:
        return False
    if parsed_address.version == 4:
        return not any(parsed_address in network for network in _NEVER_4)
    return (
        parsed_address.scope_id is None
        and parsed_address in _GIVEN_OUT_6
        and not any(parsed_address in network for network in _NEVER_6)
    )
