"""A browser without pictures: follows redirects, fills forms in, and remembers each address.

For what needs many pages and no eyes.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx


@dataclass
class Form:
    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)


class _Page(HTMLParser):
    """Forms with what they would send, and all addresses on a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.addresses: list[str] = []
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        self.addresses += [
            got[name] for name in ("href", "src", "action", "hx-get", "hx-post") if name in got
        ]
        if tag == "form":
            self.forms.append(Form(got.get("action", ""), got.get("method", "get").lower()))
        if not self.forms:
            return
        values = self.forms[-1].values
        match tag:
            case "input" if got.get("type") in {"checkbox", "radio"}:
                if "checked" in got:
                    values[got.get("name", "")] = got.get("value", "on")
            case "input":
                values[got.get("name", "")] = got.get("value", "")
            case "select":
                self._select = got.get("name", "")
            case "option" if self._select and ("selected" in got or self._select not in values):
                values[self._select] = got.get("value", "")


class Surfer:
    """Somebody's session. ``addresses``: every one that was asked, led to, or linked."""

    def __init__(self, url: str, *, password: str = "") -> None:
        self.url = url
        self.password = password
        self.client = httpx.Client(base_url=url, trust_env=False, timeout=30)
        self.page = httpx.Response(200)
        self.addresses: set[str] = set()
        self.refusals: list[httpx.Response] = []

    def open(self, address: str, *, status: int = 200) -> httpx.Response:
        return self._ask("GET", address, None, status)

    def submit(self, action: str = "", *, status: int = 200, **values: str) -> httpx.Response:
        """Send the main part's form whose address ends so. Proves who it is where that is asked."""
        asked_on = str(self.page.url)
        forms = _Page(self.page.text[self.page.text.find("<main") :]).forms
        form = next(
            form
            for form in forms
            if form.method == "post"
            and form.action.endswith(action)
            # One's account has a way out on each page, which nobody means who names no form.
            and (action or not form.action.endswith("/logout/"))
        )
        address = urljoin(asked_on, form.action)
        answer = self._ask("POST", address, form.values | values, status)
        if answer.url.path.startswith("/accounts/reauthenticate/") and "password" not in values:
            self.submit(password=self.password)
            self.open(asked_on)
            return self.submit(action, status=status, **values)
        return answer

    def log_in(self, address: str, password: str) -> None:
        self.password = password
        self.open("/accounts/login/")
        self.submit(login=address, password=password)
        assert "sessionid" in self.client.cookies

    def _ask(
        self, method: str, address: str, data: dict[str, str] | None, status: int
    ) -> httpx.Response:
        self.addresses.add(address)
        answer = self.client.request(method, address, data=data)
        while answer.has_redirect_location:
            to = urljoin(str(answer.url), answer.headers["Location"])
            self.addresses.add(to)
            if not to.startswith(self.url):
                break
            answer = self.client.get(to)
        assert answer.status_code == status, f"{address}: {answer.status_code}"
        self.page = answer
        if answer.status_code >= 400:
            self.refusals.append(answer)
        if "html" in answer.headers.get("Content-Type", ""):
            self.addresses |= {urljoin(str(answer.url), to) for to in _Page(answer.text).addresses}
        return answer
