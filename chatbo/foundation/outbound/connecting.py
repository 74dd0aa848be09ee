"""Connections that lead only to addresses which were checked, and that end in time.

``httpcore`` asks its network backend for each connection. This one resolves the name, checks every
address that comes back, and connects to one of those by its number: there is no second look-up
that could give another answer (DNS rebinding). TLS then runs over it with the name as before.
"""

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from chatbo.foundation.outbound.addresses import is_public
from chatbo.foundation.outbound.errors import FetchError, Reason

Resolve = Callable[[str, int], list[str]]

MOST_TRIES = 4
LONGEST_TRY = 2.0


class Deadline:
    """A moment for everything together; a time limit a read would let a dripping server go on."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """The seconds left. Raises ``FetchError`` (slow) when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise FetchError(Reason.SLOW)
        return left


def ask_dns(name: str, port: int) -> list[str]:
    # With the dot at its end no search domain of the machine is tried.
    found = socket.getaddrinfo(
        f"{name}.".encode("ascii"), port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedBackend(httpcore.NetworkBackend):
    """Connects to public addresses only, and to ``stand_ins`` (host, port), if any."""

    def __init__(
        self,
        deadline: Deadline,
        *,
        resolve: Resolve,
        network: httpcore.NetworkBackend,
        stand_ins: tuple[str, int] | None,
    ) -> None:
        self._deadline = deadline
        self._resolve = resolve
        self._network = network
        self._stand_ins = stand_ins

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = (
            [host] if (host, port) == self._stand_ins else self._checked_addresses(host, port)
        )
        for address in addresses[:MOST_TRIES]:
            left = self._deadline.left()
            try:
                stream = self._network.connect_tcp(address, port, min(left, LONGEST_TRY))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            return _TimedStream(stream, self._deadline)
        self._deadline.left()
        raise FetchError(Reason.UNREACHABLE)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise FetchError(Reason.FORM)

    def _checked_addresses(self, host: str, port: int) -> list[str]:
        addresses = _in_time(lambda: self._resolve(host, port), self._deadline)
        if not addresses:
            raise FetchError(Reason.UNKNOWN)
        # One that is not public condemns all: whoever mixes them plays with the order.
        if not all(is_public(address) for address in addresses):
            raise FetchError(Reason.NOT_PUBLIC)
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every step has only the time that is left for all of them."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        except httpcore.ConnectError as error:
            is_certificate = isinstance(error.__cause__, ssl.SSLCertVerificationError)
            reason = Reason.CERTIFICATE if is_certificate else Reason.UNREACHABLE
            # Without its cause, which names the host.
            raise FetchError(reason) from None
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _in_time(resolve: Callable[[], list[str]], deadline: Deadline) -> list[str]:
    """Resolve within the deadline. ``getaddrinfo`` knows no time limit, so a thread waits for it
    and is left behind; it ends by itself when the resolver gives up."""
    answers: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve())
        except (OSError, UnicodeError):
            answers.put([])

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        return answers.get(timeout=deadline.left())
    except queue.Empty:
        raise FetchError(Reason.SLOW) from None
