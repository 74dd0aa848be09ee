"""A business's website on an origin of its own, and everything a browser does there."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import BrowserContext, Page

STRICT = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'"

# Notes every attempt to store or to send, whatever comes of it.
SPY = """(() => {
  const noted = window.noted = [];
  const note = (object, name) => {
    const original = object?.[name];
    if (!original) return;
    object[name] = function (...args) {
      noted.push(name);
      return original.apply(this, args);
    };
  };
  note(Storage.prototype, "setItem");
  note(Storage.prototype, "getItem");
  note(IDBFactory.prototype, "open");
  note(window.CacheStorage?.prototype, "open");
  note(Navigator.prototype, "sendBeacon");
  note(window, "fetch");
  note(XMLHttpRequest.prototype, "open");
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  Object.defineProperty(Document.prototype, "cookie", {
    get() { noted.push("cookie read"); return cookie.get.call(this); },
    set(value) { noted.push("cookie written"); cookie.set.call(this, value); },
  });
})()"""


@dataclass
class Website:
    """What it serves; ``files`` may be changed at any time."""

    url: str = ""
    files: dict[str, str] = field(default_factory=dict)
    policy: str = ""

    def show(self, body: str) -> None:
        self.files["/"] = (
            '<!doctype html><html lang="de"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><title>Café</title>'
            '<link rel="icon" href="data:,">'
            f'<body><h1>Café</h1><p><a href="#ende" id="vorher">Speisekarte</a></p>{body}'
            '<p id="ende">Ende</p></body></html>'
        )


@contextmanager
def website() -> Iterator[Website]:
    """Serve a website on a free port of 127.0.0.1; the product is on localhost: another site."""
    site = Website()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = site.files.get(self.path.partition("?")[0])
            body = (found or "").encode()
            self.send_response(200 if found is not None else 404)
            kind = "text/javascript" if self.path.endswith(".js") else "text/html"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if site.policy:
                self.send_header("Content-Security-Policy", site.policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Watch:
    """Every request of a browser, of all its pages, and what they say in the console."""

    context: BrowserContext
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.add_init_script(SPY)
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.context.on("console", lambda message: self.console.append(message.text))

    def stored(self, page: Page) -> list[object]:
        """All that is stored on the device, and every attempt at it: empty, when nothing is."""
        noted = page.evaluate("window.noted.slice()")
        inside = page.evaluate(
            "(async () => [...Object.keys(localStorage), ...Object.keys(sessionStorage),"
            " ...(await indexedDB.databases()).map(d => d.name),"
            " ...(await navigator.serviceWorker?.getRegistrations() ?? [])])()"
        )
        return [*noted, *inside, *self.context.cookies()]
