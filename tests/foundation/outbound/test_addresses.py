"""Which addresses are fetched at all, and where they may lead."""

import ipaddress
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from chatbo.foundation.outbound.addresses import Address, is_public, parsed
from chatbo.foundation.outbound.errors import FetchError, Reason

REFUSED = {
    "no https": "http://cafe-morgenrot.example/",
    "a file": "file:///etc/passwd",
    "gopher": "gopher://cafe-morgenrot.example:443/_x",
    "no scheme": "//cafe-morgenrot.example/",
    "nothing": "",
    "a path": "/impressum",
    "no host": "https:///impressum",
    "script": "javascript:alert(1)",
    "data": "data:text/html,x",
    "another port": "https://cafe-morgenrot.example:8443/",
    "the database's port": "https://cafe-morgenrot.example:5432/",
    "port zero": "https://cafe-morgenrot.example:0/",
    "port out of range": "https://cafe-morgenrot.example:99999999/",
    "a user": "https://owner@cafe-morgenrot.example/",
    "a password": "https://a:b@cafe-morgenrot.example/",
    "an empty user": "https://:@cafe-morgenrot.example/",
    "a host before the at": "https://cafe-morgenrot.example@127.0.0.1/",
    "a host behind a backslash": "https://cafe-morgenrot.example\\@127.0.0.1/",
    "a host behind a hash": "https://127.0.0.1#@cafe-morgenrot.example/",
    "a backslash for a slash": "https:\\\\127.0.0.1\\",
    "a dotted address": "https://127.0.0.1/",
    "even a public one": "https://93.184.215.14/",
    "a short address": "https://127.1/",
    "a decimal address": "https://2130706433/",
    "an octal address": "https://0177.0.0.1/",
    "a hexadecimal address": "https://0x7f.0.0.1/",
    "a hexadecimal number": "https://0x7f000001/",
    "a hexadecimal end": "https://127.0.0.0x1/",
    "too large a number": "https://256.256.256.256/",
    "metadata": "https://169.254.169.254/latest/meta-data/",
    "nobody's address": "https://0.0.0.0/",
    "IPv6": "https://[::1]/",
    "public IPv6": "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
    "mapped IPv6": "https://[::ffff:127.0.0.1]/",
    "IPv6 with a zone": "https://[fe80::1%25eth0]/",
    "full-width digits": "https://127.0.0.1/",
    "circled digits": "https://①②⑦.⓪.⓪.①/",
    "ideographic dots": "https://127。0。0。1/",
    "a name without a dot": "https://localhost/",
    "a neighbour in the network": "https://postgres/",
    "a dot at the end": "https://cafe-morgenrot.example./",
    "localhost with a dot": "https://localhost./",
    "two dots": "https://cafe..example/",
    "a dot in front": "https://.example/",
    "an escaped host": "https://%6c%6f%63alhost.example/",
    "a blank": "https://cafe morgenrot.example/",
    "a line break": "https://cafe-morgenrot.example/\r\nHost: x",
    "a tab": "https://cafe-morgenrot\t.example/",
    "a zero byte": "https://cafe-morgenrot.example\x00.evil.example/",
    "a label too long": f"https://{'a' * 64}.example/",
    "a name too long": f"https://{'a.' * 127}example/",
    "a hyphen in front": "https://-cafe.example/",
    "a soft hyphen": "https://cafe\u00admorgenrot.example/",
    "another direction": "https://cafe\u202emorgenrot.example/",
    "half a character": "https://\ud800.example/",
    "an endless address": f"https://cafe-morgenrot.example/{'a' * 2_000}",
    "a huge address": f"https://cafe-morgenrot.example/{'a' * 70_000}",
}


def accepted(url: str, *, base: str = "") -> Address | None:
    """Its parts, or nothing when its form is refused; any other error is one of ours."""
    try:
        return parsed(url, base=base)[1]
    except FetchError:
        return None


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED)
def test_what_is_no_website_s_address_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as refusal:
        parsed(url)
    assert refusal.value.reason is Reason.FORM


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED)
def test_nor_may_a_redirect_lead_there(url: str) -> None:
    """What it leaves out is taken from where it comes from: at worst it stays on that website."""
    address = accepted(url, base="https://dentist.example/")
    if address is not None:
        assert address.host in {"dentist.example", "cafe-morgenrot.example"}
        assert address.origin[::2] == ("https", 443)


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        ("https://cafe-morgenrot.example", "cafe-morgenrot.example", b"/"),
        ("  https://cafe-morgenrot.example/  ", "cafe-morgenrot.example", b"/"),
        ("HTTPS://WWW.Cafe-Morgenrot.EXAMPLE:443/a?b=c#d", "www.cafe-morgenrot.example", b"/a?b=c"),
        ("https://café-morgenrot.example/ü", "xn--caf-morgenrot-dhb.example", b"/%C3%BC"),
        ("https://3-könige.example/", "xn--3-knige-c1a.example", b"/"),
        ("https://a.b.xn--p1ai/", "a.b.xn--p1ai", b"/"),
    ],
)
def test_a_website_s_address_is_taken_apart_once(url: str, host: str, target: bytes) -> None:
    _, address = parsed(url)
    assert (address.scheme, address.port) == ("https", 443)
    assert (address.host, address.target) == (host, target)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8200/site/cafe-morgenrot/impressum",
        "http://127.0.0.1:8200",
    ],
)
def test_the_stand_ins_origin_is_accepted_where_it_is_named(url: str) -> None:
    assert parsed(url, stand_ins="http://127.0.0.1:8200")[1].port == 8200
    with pytest.raises(FetchError):
        parsed(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8201/",
        "http://127.0.0.1/",
        "http://localhost:8200/",
        "https://127.0.0.1:8200/",
        "http://127.1:8200/",
        "http://127.0.0.2:8200/",
        "http://a@127.0.0.1:8200/",
        "http://[::1]:8200/",
        "http://[::ffff:127.0.0.1]:8200/",
    ],
)
def test_and_nothing_beside_it(url: str) -> None:
    with pytest.raises(FetchError):
        parsed(url, stand_ins="http://127.0.0.1:8200")


@pytest.mark.parametrize(
    "address",
    [
        *["0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "100.127.255.255"],
        *["127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.169.254", "172.16.0.1"],
        *["172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.178.1"],
        *["198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1"],
        *["239.255.255.250", "240.0.0.1", "255.255.255.255"],
        *["::", "::1", "::ffff:127.0.0.1", "::ffff:93.184.215.14", "::127.0.0.1"],
        *["64:ff9b::7f00:1", "64:ff9b::5db8:d70e", "64:ff9b:1::1", "100::1", "fd00:ec2::254"],
        *["2001::1", "2001:0:53aa:64c::1", "2001:2::1", "2001:10::1", "2001:20::1"],
        *["2001:db8::1", "2002:7f00:1::1", "2002:5db8:d70e::1", "3fff::1", "5f00::1"],
        *["fc00::1", "fdff::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1"],
        *["2606:4700::1%eth0", "", "localhost", "127.1", "0177.0.0.1"],
    ],
)
def test_an_address_that_is_not_public_is_told(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *["1.1.1.1", "93.184.215.14", "100.63.255.255", "100.128.0.1", "172.32.0.1", "192.0.1.1"],
        *["198.17.255.255", "223.255.255.254", "2606:4700::1111", "2a01:4f8::1"],
    ],
)
def test_a_public_one_too(address: str) -> None:
    assert is_public(address)


@effort(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**128 - 1).map(ipaddress.IPv6Address) | st.ip_addresses())
def test_nothing_passes_that_python_knows_to_be_special(address: Any) -> None:
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast
        assert getattr(address, "ipv4_mapped", None) is None
        assert getattr(address, "sixtofour", None) is None
        assert getattr(address, "teredo", None) is None


@effort(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60).map(lambda text: f"https://{text}") | st.text(max_size=80))
def test_whatever_is_typed_is_a_website_s_address_or_refused(url: str) -> None:
    address = accepted(url)
    if address is not None:
        assert address.scheme == "https"
        assert address.port == 443
        assert "." in address.host
        assert address.host.isascii()
        assert b"\r" not in address.target
        assert b"\n" not in address.target
