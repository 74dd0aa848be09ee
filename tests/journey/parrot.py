"""Something between the product and a platform that repeats all it hears, when it is told to.

So behave a proxy's error page and a platform on a bad day: the token of the address, and the
words of the message, come back in an answer that is no JSON.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


class Parrot(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.platform = ""
        """Where calls go as long as it does not repeat them."""
        self.status = 0
        """With which it repeats them; 0: it does not."""
        self.repeated = 0

    def before(self, platform: str) -> str:
        """The address to call instead of the platform's."""
        self.platform = platform
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Parrot

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.server.status:
            self.server.repeated += 1
            said = f"<p>No route for {self.path} with {body.decode()}</p>".encode()
            self._answer(self.server.status, said, "text/html")
            return
        kind = {"Content-Type": self.headers.get("Content-Type", "")}
        answer = httpx.request(
            self.command,
            self.server.platform + self.path,
            content=body,
            headers=kind,
            trust_env=False,
        )
        self._answer(answer.status_code, answer.content, answer.headers["Content-Type"])

    do_GET = do_POST  # noqa: N815 (its name there)

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name there)
        """Silent."""


@contextmanager
def parrot() -> Iterator[Parrot]:
    with Parrot() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
