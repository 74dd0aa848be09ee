"""The stand-ins on a free port, and a listener in the product's place."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from standins.client import Control
from standins.testing import Running, running

CAFE, CAFE_TOKEN = "messenger-1001", "page-token-1001"
BOT, BOT_TOKEN = "telegram-123456", "123456:telegram-token-1001"


@dataclass
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = self.json["entry"][0]["messaging"][0]
        return found


@dataclass
class Listener:
    """What the product would hear; answers are taken from ``answers``, then 200."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@pytest.fixture(scope="session")
def _listener() -> Iterator[Listener]:
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            listener.heard.append(Heard(self.path, dict(self.headers.items()), body))
            self.send_response(listener.answers.pop(0) if listener.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            query = httpx.URL(self.path).params
            good = query["hub.verify_token"] == "demo-verify-token"
            body = query["hub.challenge"].encode() if good else b""
            self.send_response(200 if good else 403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    listener.url = f"http://127.0.0.1:{server.server_port}"
    yield listener
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def _standins(tmp_path_factory: pytest.TempPathFactory, _listener: Listener) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("standins"), webhook=_listener.url) as found:
        yield found


@pytest.fixture
def standins(_standins: Running) -> Running:
    """As on the first day."""
    _standins.control.reset()
    return _standins


@pytest.fixture
def control(standins: Running) -> Control:
    return standins.control


@pytest.fixture
def listener(_listener: Listener, standins: Running) -> Listener:
    _listener.heard.clear()
    _listener.answers.clear()
    return _listener


@pytest.fixture
def graph(standins: Running) -> Iterator[Callable[..., httpx.Response]]:
    """Call the Graph API as page 1001, as the product does: with token and proof."""
    with httpx.Client(base_url=f"{standins.graph_url}/v26.0", trust_env=False) as client:

        def call(
            verb: str, path: str, body: Any = None, *, token: str = CAFE_TOKEN, **query: Any
        ) -> httpx.Response:
            params = {"access_token": token, "appsecret_proof": proof(token), **query}
            return client.request(verb, path, params=params, json=body)

        yield call


@pytest.fixture
def telegram(standins: Running) -> Iterator[Callable[..., httpx.Response]]:
    """Call the Bot API as the café's bot."""
    with httpx.Client(base_url=standins.telegram_url, trust_env=False) as client:

        def call(method: str, *, token: str = BOT_TOKEN, **body: Any) -> httpx.Response:
            return client.post(f"/bot{token}/{method}", json=body)

        yield call


def proof(token: str, secret: str = "demo-app-secret") -> str:
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
