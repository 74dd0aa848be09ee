"""Fetching what a tenant typed: it leads to public websites, and comes to an end."""

import gzip
import ssl
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chatbo.foundation.outbound import FetchError, Page, Reason, check_address, fetch
from tests.foundation.outbound.conftest import (
    HTML,
    OTHER_PUBLIC,
    PUBLIC,
    Internet,
    answer,
    redirect,
)

CAFE = "https://cafe-morgenrot.example/impressum"


def refused(call: Callable[[], Page]) -> FetchError:
    with pytest.raises(FetchError) as refusal:
        call()
    # It may be logged: whose address it was stands nowhere in it.
    error: BaseException = refusal.value
    assert "example" not in f"{error} {error.args} {error.__cause__}"
    return refusal.value


def test_a_page_comes_from_the_address_that_was_checked(internet: Internet) -> None:
    site = internet.add("cafe-morgenrot.example")

    page = internet.client().fetch(CAFE)

    assert page == Page(200, CAFE, b"<h1>Impressum</h1>")
    assert internet.dialled == [(PUBLIC, 443)]
    assert site.names == ["cafe-morgenrot.example"]


def test_nothing_of_ours_goes_with_the_request(internet: Internet) -> None:
    site = internet.add("cafe-morgenrot.example")
    site.answers["/impressum"] = answer(b"", b"Location: /two\r\nSet-Cookie: a=b\r\n", "302 Found")

    internet.client().fetch(CAFE)

    for request in site.requests:
        names = {line.partition(":")[0].lower() for line in request.splitlines()[1:] if line}
        assert names == {"host", "user-agent", "accept", "accept-encoding", "connection"}
        assert "Host: cafe-morgenrot.example\r\n" in request
        assert "User-Agent: ChatBo (+" in request
    assert [request.split()[1] for request in site.requests] == ["/impressum", "/two"]


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_no_proxy_of_the_environment_is_asked(
    internet: Internet, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    internet.add("cafe-morgenrot.example")
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert internet.client().fetch(CAFE).status == 200


NOT_PUBLIC = {
    "this host": ["127.0.0.1"],
    "IPv6 for this host": ["::1"],
    "mapped": ["::ffff:127.0.0.1"],
    "6to4": ["2002:7f00:1::1"],
    "NAT64": ["64:ff9b::7f00:1"],
    "metadata": ["169.254.169.254"],
    "a private network": ["10.0.0.5"],
    "shared by providers": ["100.64.0.1"],
    "unique local": ["fd00:ec2::254"],
    "link-local": ["fe80::1%eth0"],
    "nobody": ["0.0.0.0"],
    "multicast": ["224.0.0.1"],
    "first public, then not": [PUBLIC, "127.0.0.1"],
    "first not, then public": ["127.0.0.1", PUBLIC],
}


@pytest.mark.parametrize("addresses", NOT_PUBLIC.values(), ids=NOT_PUBLIC)
def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(
    internet: Internet, addresses: list[str]
) -> None:
    site = internet.add("cafe-morgenrot.example")
    internet.names["cafe-morgenrot.example"] = [addresses]
    internet.sites = dict.fromkeys([*addresses, PUBLIC], site)

    assert refused(lambda: internet.client().fetch(CAFE)).reason is Reason.NOT_PUBLIC
    assert internet.dialled == []
    assert site.connections == 0


def test_a_name_server_that_changes_its_answer_gains_nothing(internet: Internet) -> None:
    """DNS rebinding: public when it is checked, inside when it is connected to."""
    inside = internet.add("inside.example", address="127.0.0.1")
    site = internet.add("cafe-morgenrot.example")
    internet.names["cafe-morgenrot.example"] = [[PUBLIC], ["127.0.0.1"]]

    assert internet.client().fetch(CAFE).status == 200

    assert internet.resolved == ["cafe-morgenrot.example"]
    assert internet.dialled == [(PUBLIC, 443)]
    assert (site.connections, inside.connections) == (1, 0)


def test_nor_does_it_between_two_redirects(internet: Internet) -> None:
    site = internet.add("cafe-morgenrot.example")
    site.answers["/impressum"] = redirect("/two")
    internet.names["cafe-morgenrot.example"] = [[PUBLIC], ["127.0.0.1"]]

    error = refused(lambda: internet.client().fetch(CAFE))

    assert (error.reason, error.redirected) == (Reason.NOT_PUBLIC, True)
    assert site.connections == 1


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://dentist.example/", Reason.FORM),
        ("https://127.0.0.1/", Reason.FORM),
        ("https://169.254.169.254/latest/meta-data/", Reason.FORM),
        ("https://[::1]/", Reason.FORM),
        ("https://dentist.example:8443/", Reason.FORM),
        ("https://a:b@dentist.example/", Reason.FORM),
        ("//user@dentist.example/", Reason.FORM),
        ("https://localhost/", Reason.FORM),
        ("file:///etc/passwd", Reason.FORM),
        ("gopher://dentist.example:443/_x", Reason.FORM),
        ("https://inside.example/", Reason.NOT_PUBLIC),
        ("https://nobody.example/", Reason.UNKNOWN),
    ],
)
def test_each_redirect_is_checked_like_the_first_address(
    internet: Internet, target: str, reason: Reason
) -> None:
    site = internet.add("cafe-morgenrot.example")
    neighbour = internet.add("dentist.example", address=OTHER_PUBLIC)
    inside = internet.add("inside.example", address="127.0.0.1")
    site.answers["/impressum"] = redirect(target)

    error = refused(lambda: internet.client().fetch(CAFE))

    assert (error.reason, error.redirected) == (reason, True)
    assert neighbour.connections == inside.connections == 0


@pytest.mark.parametrize("status", ["301 x", "302 x", "303 x", "307 x", "308 x"])
def test_a_redirect_to_another_public_website_is_followed(internet: Internet, status: str) -> None:
    internet.add("cafe-morgenrot.example").answers["/impressum"] = redirect(
        "https://www.cafe-morgenrot.example/imprint", status
    )
    site = internet.add("www.cafe-morgenrot.example", address=OTHER_PUBLIC)

    page = internet.client().fetch(CAFE)

    assert page.url == "https://www.cafe-morgenrot.example/imprint"
    assert site.names == ["www.cafe-morgenrot.example"]


def test_three_redirects_are_followed_and_no_fourth(internet: Internet) -> None:
    site = internet.add("cafe-morgenrot.example")
    for step in range(4):
        site.answers[f"/{step}"] = redirect(f"/{step + 1}")
    client = internet.client()

    assert client.fetch("https://cafe-morgenrot.example/1").url.endswith("/4")
    error = refused(lambda: client.fetch("https://cafe-morgenrot.example/0"))
    assert error.reason is Reason.REDIRECTS
    assert len(site.requests) == 4 + 4


@pytest.mark.parametrize(
    "headers", [b"Location: /a\r\nLocation: /b\r\n", b"Location: /\xff\r\n"], ids=["two", "bytes"]
)
def test_a_redirect_that_cannot_be_read_is_not_followed(internet: Internet, headers: bytes) -> None:
    internet.add("cafe-morgenrot.example").answers["/impressum"] = answer(b"", headers, "302 Found")
    assert refused(lambda: internet.client().fetch(CAFE)).reason is Reason.REDIRECTS


def test_a_redirect_without_an_address_is_a_status_like_others(internet: Internet) -> None:
    internet.add("cafe-morgenrot.example").answers["/impressum"] = answer(b"", HTML, "302 Found")
    assert internet.client().fetch(CAFE) == Page(302, CAFE, b"")


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "403 Forbidden", "304 Same"])
def test_another_status_is_told_and_its_page_not_read(internet: Internet, status: str) -> None:
    internet.add("cafe-morgenrot.example").answers["/impressum"] = answer(b"x", HTML, status)
    assert internet.client().fetch(CAFE) == Page(int(status[:3]), CAFE, b"")


def test_a_certificate_for_another_name_is_refused(internet: Internet) -> None:
    site = internet.add("cafe-morgenrot.example", certificate=("dentist.example",))
    assert refused(lambda: internet.client().fetch(CAFE)).reason is Reason.CERTIFICATE
    assert site.requests == []


def test_a_certificate_of_nobody_known_is_refused(internet: Internet) -> None:
    site = internet.add("cafe-morgenrot.example")
    strangers = ssl.create_default_context()
    assert refused(lambda: internet.client(tls=strangers).fetch(CAFE)).reason is Reason.CERTIFICATE
    assert site.requests == []


def test_where_nobody_answers_the_next_address_is_tried(internet: Internet) -> None:
    internet.add("cafe-morgenrot.example")
    internet.names["cafe-morgenrot.example"] = [["2606:4700::1111", PUBLIC]]

    assert internet.client().fetch(CAFE).status == 200
    assert internet.dialled == [("2606:4700::1111", 443), (PUBLIC, 443)]


def test_where_nobody_answers_at_all_it_says_so(internet: Internet) -> None:
    internet.names["cafe-morgenrot.example"] = [[f"1.1.1.{number}" for number in range(20)]]
    assert refused(lambda: internet.client().fetch(CAFE)).reason is Reason.UNREACHABLE
    assert len(internet.dialled) == 4


def test_a_name_that_nobody_has_is_told(internet: Internet) -> None:
    assert refused(lambda: internet.client().fetch(CAFE)).reason is Reason.UNKNOWN


def test_the_machine_s_own_resolver_knows_no_such_name() -> None:
    """The real one: names under .invalid exist nowhere (RFC 2606)."""
    with pytest.raises(FetchError) as refusal:
        fetch("https://cafe-morgenrot.invalid/")
    assert refusal.value.reason in {Reason.UNKNOWN, Reason.SLOW}


# --- Time ---------------------------------------------------------------------------------------


def drip(
    connection: Any, *, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
) -> None:
    connection.sendall(head)
    for _ in range(200):
        connection.sendall(b"x")
        time.sleep(0.05)


SLOW: dict[str, Callable[[Any], None]] = {
    "nothing at all": lambda connection: time.sleep(3),
    "a dripping page": drip,
    "a dripping header": lambda connection: drip(connection, head=b"HTTP/1.1 200 OK\r\nX: "),
    "a dripping status": lambda connection: drip(connection, head=b"HTTP/1.1 200 "),
    "ever another 100": lambda connection: [
        (connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n"), time.sleep(0.05)) for _ in range(200)
    ],
}


@pytest.mark.parametrize("played", SLOW.values(), ids=SLOW)
def test_a_server_that_takes_its_time_is_left(
    internet: Internet, played: Callable[[Any], None]
) -> None:
    internet.add("cafe-morgenrot.example").answers["/impressum"] = played
    begin = time.monotonic()

    assert refused(lambda: internet.client(seconds=0.6).fetch(CAFE)).reason is Reason.SLOW
    assert time.monotonic() - begin < 1.5


def test_all_redirects_share_one_time(internet: Internet) -> None:
    def after_a_while(connection: Any) -> None:
        time.sleep(0.4)
        connection.sendall(redirect("/next"))

    site = internet.add("cafe-morgenrot.example")
    site.answers = dict.fromkeys(["/impressum", "/next"], after_a_while)
    begin = time.monotonic()

    assert refused(lambda: internet.client(seconds=0.6).fetch(CAFE)).reason is Reason.SLOW
    assert time.monotonic() - begin < 1.5


def test_a_name_server_that_keeps_silent_is_left(internet: Internet) -> None:
    def silent(name: str, port: int) -> list[str]:
        time.sleep(2)
        return [PUBLIC]

    begin = time.monotonic()
    client = internet.client(resolve=silent, seconds=0.3)
    assert refused(lambda: client.fetch(CAFE)).reason is Reason.SLOW
    assert time.monotonic() - begin < 1.2


def test_a_handshake_that_never_ends_is_left(internet: Internet) -> None:
    """A server that accepts, and says nothing of TLS."""
    site = internet.add("cafe-morgenrot.example", is_tls=False)
    begin = time.monotonic()
    assert refused(lambda: internet.client(seconds=0.4).fetch(CAFE)).reason is Reason.SLOW
    assert time.monotonic() - begin < 1.2
    assert site.requests == []


# --- Size and type ------------------------------------------------------------------------------


def flood(connection: Any) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + HTML + b"\r\n")
    for _ in range(100):
        connection.sendall(b"x" * 100_000)


def understated(connection: Any) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + HTML + b"\r\n")
    for _ in range(100):
        connection.sendall(b"186a0\r\n" + b"x" * 100_000 + b"\r\n")


def packed(body: bytes, packing: bytes = b"gzip") -> bytes:
    return answer(body, HTML + b"Content-Encoding: " + packing + b"\r\n")


BOMB = gzip.compress(b"x" * 50_000_000, compresslevel=1, mtime=0)
TOO_LARGE: dict[str, bytes | Callable[[Any], None]] = {
    "one byte too many": answer(b"x" * 1_000_001),
    "without a length": flood,
    "in chunks without end": understated,
    "packed to a thousandth": packed(BOMB),
    "one byte too many, unpacked": packed(gzip.compress(b"x" * 1_000_001, mtime=0)),
    "packed larger than it is": packed(gzip.compress(b"", mtime=0) * 60_000),
}


@pytest.mark.parametrize("played", TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_too_large_is_left_where_it_is(
    internet: Internet, played: bytes | Callable[[Any], None]
) -> None:
    internet.add("cafe-morgenrot.example").answers["/impressum"] = played
    assert refused(lambda: internet.client().fetch(CAFE)).reason is Reason.TOO_LARGE


def test_a_page_that_unpacks_without_end_is_never_held_in_memory(internet: Internet) -> None:
    internet.add("cafe-morgenrot.example").answers["/impressum"] = packed(BOMB)
    client = internet.client()
    tracemalloc.start()
    try:
        assert refused(lambda: client.fetch(CAFE)).reason is Reason.TOO_LARGE
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "played", [answer(b"x" * 1_000_000), packed(gzip.compress(b"x" * 1_000_000, mtime=0))]
)
def test_the_largest_page_comes_whole(internet: Internet, played: bytes) -> None:
    internet.add("cafe-morgenrot.example").answers["/impressum"] = played
    assert internet.client().fetch(CAFE).body == b"x" * 1_000_000


@pytest.mark.parametrize(
    "headers",
    [
        b"",
        b"Content-Type: application/octet-stream\r\n",
        b"Content-Type: image/svg+xml\r\n",
        b"Content-Type: application/json\r\n",
        b"Content-Type: text/htmlx\r\n",
        HTML + b"Content-Encoding: br\r\n",
        HTML + b"Content-Encoding: gzip, gzip\r\n",
        HTML + b"Content-Encoding: deflate\r\n",
    ],
)
def test_what_was_not_asked_for_is_not_read(internet: Internet, headers: bytes) -> None:
    internet.add("cafe-morgenrot.example").answers["/impressum"] = answer(b"{}", headers)
    assert refused(lambda: internet.client().fetch(CAFE)).reason is Reason.TYPE


BROKEN: dict[str, bytes] = {
    "no HTTP": b"220 mail.example ESMTP\r\n",
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "half a page": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n" + HTML + b"\r\nhalf",
    "two lengths": answer(b"x", b"Content-Length: 2\r\n" + HTML),
    "no gzip": packed(b"plain"),
    "an endless header": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
    "a zero byte": b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n",
}


@pytest.mark.parametrize("played", BROKEN.values(), ids=BROKEN)
def test_what_is_no_http_is_told(internet: Internet, played: bytes) -> None:
    internet.add("cafe-morgenrot.example").answers["/impressum"] = played
    assert refused(lambda: internet.client().fetch(CAFE)).reason is Reason.BROKEN


# --- The demo -----------------------------------------------------------------------------------


def test_in_the_demo_the_stand_ins_pages_are_reached(tmp_path: Path, settings: Any) -> None:
    from standins.testing import running

    with running(tmp_path) as stand_ins:
        address = f"{stand_ins.url}/site/cafe-morgenrot/impressum"
        settings.STANDINS_URL = stand_ins.url
        check_address(address)
        assert b"Impressum" in fetch(address).body

        settings.DEMO = False
        with pytest.raises(FetchError):
            check_address(address)
        with pytest.raises(FetchError):
            fetch(address)


def test_and_no_other_port_of_this_host(internet: Internet, tmp_path: Path, settings: Any) -> None:
    from standins.testing import running

    inside = internet.add("inside.example", address="127.0.0.1", is_tls=False)
    with running(tmp_path) as stand_ins:
        settings.STANDINS_URL = stand_ins.url
        for url in (
            f"http://127.0.0.1:{inside.port}/",
            f"https://127.0.0.1:{inside.port}/",
            stand_ins.url.replace("127.0.0.1", "localhost"),
            settings.BASE_URL,
        ):
            with pytest.raises(FetchError):
                fetch(url)
    assert inside.connections == 0


def test_nor_is_it_reached_by_a_redirect_of_the_stand_ins(internet: Internet) -> None:
    """A site in the stand-ins' place, so that its redirects can be chosen."""
    site = internet.add("stand-ins.example", address="127.0.0.1", is_tls=False)
    inside = internet.add("inside.example", address="127.0.0.2", is_tls=False)
    stand_ins = f"http://127.0.0.1:{site.port}"
    site.answers["/"] = redirect(f"http://127.0.0.1:{inside.port}/")

    client = internet.client(stand_ins=stand_ins, network=None)

    assert refused(lambda: client.fetch(stand_ins)).reason is Reason.FORM
    assert client.fetch(f"{stand_ins}/other").status == 200
    assert inside.connections == 0
