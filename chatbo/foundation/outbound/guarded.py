"""The one way to fetch an address that a tenant typed.

    page = fetch("https://cafe-morgenrot.example/impressum")

Whoever may type an address that our server fetches can otherwise have it ask anything that the
server reaches: its own database, the cloud's metadata, a printer (OWASP: server-side request
forgery). So: https on port 443 only, by name; public addresses only, checked on the very address
that is connected to, anew for each redirect; limits on time, redirects, size (unpacked too) and
type. No cookies, no proxies of the environment, no credentials, GET only.
"""

import functools
import ssl
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore
import httpx
from django.conf import settings

from chatbo.foundation.outbound.addresses import Address, origin_of, parsed
from chatbo.foundation.outbound.connecting import CheckedBackend, Deadline, Resolve, ask_dns
from chatbo.foundation.outbound.errors import FetchError, Reason
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.MEMORY, __name__, NoPersonalData("The client, which keeps no answers."))

SECONDS = 5.0
MOST_REDIRECTS = 3
LARGEST = 1_000_000
REDIRECTS = {301, 302, 303, 307, 308}
WEB_PAGES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "application/pdf"})
_GZIP = 31  # zlib's number for it


@dataclass(frozen=True)
class Page:
    """What came. All of it is a stranger's: it is looked at, and never shown as it is."""

    status: int
    url: str
    """Where it came from in the end, after redirects."""
    body: bytes
    """Empty unless the status is a 2xx."""


def fetch(url: str, *, types: frozenset[str] = WEB_PAGES) -> Page:
    """Fetch a page in five seconds at the most, whatever its status.

    ``types``: the media types that are wanted. In the demo the stand-ins' origin is reached too.
    Raises ``FetchError``. Never call it inside a transaction: the database would wait as well.
    """
    return GuardedClient(stand_ins=_stand_ins()).fetch(url, types=types)


def check_address(url: str) -> None:
    """Raise ``FetchError`` (form) for an address that ``fetch`` would refuse unseen."""
    parsed(url, stand_ins=_stand_ins())


def _stand_ins() -> str:
    return settings.STANDINS_URL if settings.DEMO else ""


class GuardedClient:
    """``fetch``, with its ways into the network as parameters."""

    def __init__(
        self,
        *,
        stand_ins: str = "",
        resolve: Resolve = ask_dns,
        network: httpcore.NetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._stand_ins = stand_ins
        self._resolve = resolve
        self._network = network or httpcore.SyncBackend()
        self._tls = tls or _public_authorities()
        self._seconds = seconds

    def fetch(self, url: str, *, types: frozenset[str] = WEB_PAGES) -> Page:
        deadline = Deadline(self._seconds)
        base = ""
        for _hop in range(MOST_REDIRECTS + 1):
            try:
                url, address = parsed(url, base=base, stand_ins=self._stand_ins)
                answer = self._get(address, types, deadline)
            except FetchError as error:
                error.redirected = bool(base)
                raise
            if isinstance(answer, str):
                base, url = url, answer
            else:
                return Page(answer[0], url, answer[1])
        raise FetchError(Reason.REDIRECTS, redirected=True)

    def _get(
        self, address: Address, types: frozenset[str], deadline: Deadline
    ) -> tuple[int, bytes] | str:
        """The status and body, or where a redirect leads to. A new connection each time."""
        backend = CheckedBackend(
            deadline,
            resolve=self._resolve,
            network=self._network,
            stand_ins=origin_of(self._stand_ins)[1:] if self._stand_ins else None,
        )
        headers = [
            ("Host", address.host if address.port == 443 else f"{address.host}:{address.port}"),
            ("User-Agent", f"ChatBo (+{settings.BASE_URL})"),
            ("Accept", ", ".join(sorted(types))),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ]
        where = httpcore.URL(
            scheme=address.scheme, host=address.host, port=address.port, target=address.target
        )
        with (
            _own_errors(),
            httpcore.ConnectionPool(
                ssl_context=self._tls, network_backend=backend, max_keepalive_connections=0
            ) as pool,
            pool.stream("GET", where, headers=headers) as response,
        ):
            said = httpx.Headers(response.headers)
            if response.status in REDIRECTS and "location" in said:
                return _location(response.headers)
            if not 200 <= response.status < 300:
                return response.status, b""
            if said.get("content-type", "").partition(";")[0].strip().lower() not in types:
                raise FetchError(Reason.TYPE)
            packing = said.get("content-encoding", "identity").strip().lower()
            return response.status, _unpacked(response.iter_stream(), packing)


def _location(headers: list[tuple[bytes, bytes]]) -> str:
    found = {value for name, value in headers if name.lower() == b"location"}
    if len(found) > 1:
        raise FetchError(Reason.REDIRECTS)
    try:
        return found.pop().decode()
    except UnicodeDecodeError:
        raise FetchError(Reason.REDIRECTS) from None


def _unpacked(chunks: Iterable[bytes], packing: str) -> bytes:
    """The body, as far as it is allowed to be large: packed, and when it is unpacked.

    Some servers pack although they were asked not to; a few bytes can then become gigabytes.
    """
    if packing not in {"identity", "gzip", "x-gzip"}:
        raise FetchError(Reason.TYPE)
    unpacking = None if packing == "identity" else zlib.decompressobj(_GZIP)
    body = bytearray()
    received = 0
    for chunk in chunks:
        received += len(chunk)
        room = LARGEST + 1 - len(body)
        try:
            body += unpacking.decompress(chunk, room) if unpacking else chunk
        except zlib.error:
            raise FetchError(Reason.BROKEN) from None
        if len(body) > LARGEST or received > LARGEST:
            raise FetchError(Reason.TOO_LARGE)
    return bytes(body)


@contextmanager
def _own_errors() -> Iterator[None]:
    """httpcore's errors as ours; theirs name the host, and are kept out of tracebacks."""
    try:
        yield
    except httpcore.TimeoutException:
        raise FetchError(Reason.SLOW) from None
    except (httpcore.NetworkError, httpcore.ProtocolError):
        raise FetchError(Reason.BROKEN) from None


@functools.cache
def _public_authorities() -> ssl.SSLContext:
    """The authorities that browsers know; made once, as reading them takes its time."""
    return httpx.create_ssl_context(trust_env=False)
