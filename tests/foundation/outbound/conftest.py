"""Websites of the tests: real TLS on real ports, under names and public addresses of their own.

The client under test is whole: it parses, resolves, checks and connects as it always does. Only
what lies outside the machine is played: the name servers (``Internet.names``), and the wires that
lead from a public address to a port here (``Internet.sites``).
"""

import datetime
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chatbo.foundation.outbound.guarded import GuardedClient

PUBLIC = "93.184.215.14"
OTHER_PUBLIC = "1.1.1.1"
HTML = b"Content-Type: text/html; charset=utf-8\r\n"


def answer(
    body: bytes = b"<h1>Impressum</h1>", headers: bytes = HTML, status: str = "200 OK"
) -> bytes:
    head = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + headers + b"\r\n" + body


def redirect(target: str, status: str = "302 Found") -> bytes:
    return answer(b"", f"Location: {target}\r\n".encode(), status)


def is_whole(request: bytes) -> bool:
    """Whether a request has come with its head and with all of its body, if it has one."""
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(end) and len(body) >= int(length[1] if length else 0)


class Authority:
    """A certificate authority that only the tests' clients trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
        self._root = self._sign(self._name, self._key.public_key(), names=())

    def client_context(self) -> ssl.SSLContext:
        pem = self._root.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)

    def server_context(self, *names: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A website")])
        certificate = self._sign(subject, key.public_key(), names=names)
        path = self._folder / f"{abs(hash(names))}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _sign(self, subject: x509.Name, key: Any, *, names: tuple[str, ...]) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        draft = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )
        if names:
            alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
            draft = draft.add_extension(alternative, critical=False)
        return draft.sign(self._key, hashes.SHA256())


class Site:
    """A server that answers each request with bytes, or as a function plays it on the socket."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.answers: dict[str, bytes | Callable[[Any], None]] = {}
        self.requests: list[str] = []
        self.names: list[str | None] = []
        self.connections = 0
        self._context = context
        if context is not None:
            context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._speak, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _speak(self, connection: Any) -> None:
        with ExitStack() as stack:
            # Looked up late: TLS puts another socket in its place.
            stack.callback(lambda: connection.close())  # noqa: PLW0108
            # A client that goes away in the middle is what half of these tests are about.
            stack.enter_context(suppress(OSError))
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            request = b""
            while not is_whole(request):
                if not (more := connection.recv(65536)):
                    return
                request += more
            self.requests.append(request.decode())
            played = self.answers.get(request.split()[1].decode(), answer())
            if isinstance(played, bytes):
                connection.sendall(played)
            else:
                played(connection)


class Internet(httpcore.NetworkBackend):
    """Names to addresses, addresses to the sites of the test; all that was asked is noted."""

    def __init__(self, authority: Authority, stack: ExitStack) -> None:
        self.names: dict[str, list[list[str]]] = {}
        self.sites: dict[str, Site] = {}
        self.resolved: list[str] = []
        self.dialled: list[tuple[str, int]] = []
        self._authority = authority
        self._stack = stack

    def add(
        self,
        name: str,
        *,
        address: str = PUBLIC,
        certificate: tuple[str, ...] = (),
        is_tls: bool = True,
    ) -> Site:
        context = self._authority.server_context(*(certificate or (name,))) if is_tls else None
        site = Site(context)
        self._stack.callback(site.close)
        self.names[name] = [[address]]
        self.sites[address] = site
        return site

    def client(self, **options: Any) -> GuardedClient:
        options = {
            "resolve": self.resolve,
            "network": self,
            "tls": self._authority.client_context(),
            **options,
        }
        return GuardedClient(**options)

    def resolve(self, name: str, port: int) -> list[str]:
        """Each time the next answer, as a name server that plays with its answers does."""
        self.resolved.append(name)
        answers = self.names.get(name, [[]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *rest: Any, **options: Any
    ) -> httpcore.NetworkStream:
        self.dialled.append((host, port))
        if host not in self.sites:
            raise httpcore.ConnectError("nobody there")
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self.sites[host].port, timeout)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def internet(authority: Authority) -> Iterator[Internet]:
    with ExitStack() as stack:
        yield Internet(authority, stack)
