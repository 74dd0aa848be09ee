"""The one way to fetch an address that a tenant typed.

    page = fetch("https://cafe-morgenrot.example/impressum")

Whoever may type an address that our server fetches can otherwise have it ask anything that the
server reaches: its own database, the cloud's metadata, a printer (OWASP: server-side request
forgery). So: https on port 443 only, by name; public addresses only, checked on the very address
that is connected to, anew for each redirect; limits on time, redirects, size (unpacked too) and
type. No cookies, no proxies of the environment, no credentials.

    reply = post("https://kasse.example/erased", b"{}", headers={"webhook-id": "msg_1"})

The same for what we tell a tenant's own systems: no redirect is followed, and of the answer nothing
is read but its head.
"""

import functools
import re
import ssl
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpcore
import httpx
from django.conf import settings
from django.utils import timezone

from chatbo.foundation.outbound.addresses import Address, origin_of, parsed
from chatbo.foundation.outbound.connecting import CheckedBackend, Deadline, Resolve, ask_dns
from chatbo.foundation.outbound.errors import FetchError, Reason
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.MEMORY, __name__, NoPersonalData("The client, which keeps no answers."))

SECONDS = 5.0
SECONDS_TO_POST = 10.0
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


@dataclass(frozen=True)
class Reply:
    """How a system answered to what it was sent."""

    status: int
    retry_after: timedelta | None = None
    """How long it asks to be left alone (RFC 9110, 10.2.3); not below zero."""


def fetch(url: str, *, types: frozenset[str] = WEB_PAGES) -> Page:
    """Fetch a page in five seconds at the most, whatever its status.

    ``types``: the media types that are wanted. In the demo the stand-ins' origin is reached too.
    Raises ``FetchError``. Never call it inside a transaction: the database would wait as well.
    """
    return GuardedClient(stand_ins=_stand_ins()).fetch(url, types=types)


def post(url: str, body: bytes, *, headers: Mapping[str, str]) -> Reply:
    """Send JSON to an address in ten seconds at the most; whatever the status, that is the reply.

    Raises ``FetchError``; the request may have arrived all the same. Never call it inside a
    transaction.
    """
    client = GuardedClient(stand_ins=_stand_ins(), seconds=SECONDS_TO_POST)
    return client.post(url, body, headers=headers)


def check_address(url: str) -> str:
    """An address's usual form. Raises ``FetchError`` (form) where it would be refused unseen."""
    return parsed(url, stand_ins=_stand_ins())[0]


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

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str]) -> Reply:
        deadline = Deadline(self._seconds)
        _, address = parsed(url, stand_ins=self._stand_ins)
        sent = [
            ("Accept", "*/*"),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            *headers.items(),
        ]
        with self._asked("POST", address, deadline, headers=sent, body=body) as response:
            said = httpx.Headers(response.headers)
            return Reply(response.status, _pause(said.get("retry-after", "")))

    def _get(
        self, address: Address, types: frozenset[str], deadline: Deadline
    ) -> tuple[int, bytes] | str:
        """The status and body, or where a redirect leads to."""
        accept = [("Accept", ", ".join(sorted(types)))]
        with self._asked("GET", address, deadline, headers=accept) as response:
            said = httpx.Headers(response.headers)
            if response.status in REDIRECTS and "location" in said:
                return _location(response.headers)
            if not 200 <= response.status < 300:
                return response.status, b""
            if said.get("content-type", "").partition(";")[0].strip().lower() not in types:
                raise FetchError(Reason.TYPE)
            packing = said.get("content-encoding", "identity").strip().lower()
            return response.status, _unpacked(response.iter_stream(), packing)

    @contextmanager
    def _asked(
        self,
        method: str,
        address: Address,
        deadline: Deadline,
        *,
        headers: list[tuple[str, str]],
        body: bytes = b"",
    ) -> Iterator[httpcore.Response]:
        """The answer, of which only the head is read yet. A new connection each time."""
        backend = CheckedBackend(
            deadline,
            resolve=self._resolve,
            network=self._network,
            stand_ins=origin_of(self._stand_ins)[1:] if self._stand_ins else None,
        )
        ours = [
            ("Host", address.host if address.port == 443 else f"{address.host}:{address.port}"),
            ("User-Agent", f"ChatBo (+{settings.BASE_URL})"),
            *headers,
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
            pool.stream(method, where, headers=ours, content=body or None) as response,
        ):
            yield response


def _pause(said: str) -> timedelta | None:
    """``Retry-After``: seconds, or a date. What is neither asks for nothing."""
    if re.fullmatch(r"[0-9]{1,9}", said.strip()):
        return timedelta(seconds=int(said))
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    if until.tzinfo is None:  # "-0000" says that the zone is not known.
        return None
    return max(until - timezone.now(), timedelta())


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
