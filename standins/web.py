"""The little that every stand-in needs to answer HTTP: rooms, calls, pages."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Self

from markupsafe import escape
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from standins.world import World

STRICT_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
MIME_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Refusal(Exception):  # noqa: N818 - an answer of the platform, not a failure of ours
    """The platform says no, in its own words."""

    def response(self) -> Response:
        raise NotImplementedError


class Call:
    """One request, opened for a room. A room's own kind of call checks tokens and versions."""

    def __init__(self, world: "World", request: Request) -> None:
        self.world = world
        self.request = request
        #: The page or bot that it concerns, once known; for the record.
        self.place: str | None = None
        self.params = read_params(request)

    @classmethod
    def open(cls, world: "World", request: Request, args: dict[str, Any]) -> Self:
        """Take from the address what concerns every call of the room."""
        return cls(world, request)


class Room:
    """A part of the address space with its own kind of call and its own way to say no."""

    def __init__(
        self,
        prefix: str,
        call: type[Call] = Call,
        *,
        is_api: bool = False,
        refuse: Callable[[HTTPException], Response] | None = None,
    ) -> None:
        self.prefix = prefix
        self.call = call
        self.is_api = is_api
        self.refuse = refuse or plain
        self.rules: list[Rule] = []

    @property
    def name(self) -> str:
        return self.prefix.strip("/")

    def on(self, path: str, *verbs: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def add(handler: Callable[..., Any]) -> Callable[..., Any]:
            self.rules.append(
                Rule(self.prefix + path, methods=verbs or ("GET",), endpoint=(self, handler))
            )
            return handler

        return add

    def serve_files(self, folder: Path) -> None:
        """Own scripts and styles; nothing comes from elsewhere."""

        @self.on("/static/<name>")
        def file(call: Call, name: str) -> Response:
            path = folder / name
            if path.parent != folder or path.suffix not in MIME_TYPES or not path.is_file():
                return Response("Not found", 404)
            return Response(
                path.read_bytes(),
                mimetype=MIME_TYPES[path.suffix],
                headers={"Cache-Control": "no-cache"},
            )


def read_params(request: Request) -> dict[str, Any]:
    """Query, form and JSON body as one, the way both platforms read them."""
    params: dict[str, Any] = {**request.args.to_dict(), **request.form.to_dict()}
    if request.mimetype == "application/json" and (body := request.get_data()):
        try:
            values = json.loads(body)
        except ValueError:
            values = None
        if not isinstance(values, dict):
            params["_unreadable"] = True
        else:
            params.update(values)
    return params


def as_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    body = json.dumps(value, ensure_ascii=False)
    return Response(body, status, dict(headers or {}), content_type="application/json")


def plain(error: HTTPException) -> Response:
    return Response(f"{error.code} {error.name}\n", error.code, content_type="text/plain")


def page(
    template: Path, values: Mapping[str, object], *, csp: str = STRICT_CSP, status: int = 200
) -> Response:
    """A page from a file with ``$names``; every value is escaped unless it is ``Markup``."""
    html = Template(template.read_text()).substitute(
        {name: str(escape(value)) for name, value in values.items()}
    )
    headers = {
        "Content-Security-Policy": csp,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(html, status, headers, content_type="text/html; charset=utf-8")
