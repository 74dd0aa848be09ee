"""The one WSGI application: finds the room, lets it answer, and serves it."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.wrappers import Request, Response

from standins import calls, home
from standins.control import views as control
from standins.facebook import login
from standins.graph import errors as graph_errors
from standins.graph import routes as graph
from standins.phone import views as phone
from standins.site import views as site
from standins.telegram import errors as telegram_errors
from standins.telegram import routes as telegram
from standins.web import Call, Refusal
from standins.world import World

ROOMS = (
    graph.room,
    telegram.room,
    login.room,
    phone.room,
    site.room,
    control.room,
    home.room,  # last: its prefix is everybody's
)


class Application:
    """All stand-ins under one address."""

    def __init__(self, world: World) -> None:
        self.world = world
        # A rule belongs to one map only, and tests start several applications.
        self._map = Map([rule.empty() for room in ROOMS for rule in room.rules])

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = 1_000_000
        try:
            response = self._respond(request)
        except calls.CutError:
            # The socket is shut already; these bytes go nowhere.
            response = Response(status=502)
        return response(environ, start_response)

    def _respond(self, request: Request) -> Response:
        room = next(room for room in ROOMS if request.path.startswith(room.prefix + "/"))

        def act() -> tuple[Call | None, Response]:
            call: Call | None = None
            try:
                (_, handler), found = self._map.bind_to_environ(request.environ).match()
                args = dict(found)
                call = room.call.open(self.world, request, args)
                return call, _respond_with(handler, call, args)
            except Refusal as refusal:
                return call, refusal.response()
            except HTTPException as error:
                # Redirects to the address with its slash come this way too.
                is_redirect = error.code is not None and error.code < 400
                return call, error.get_response() if is_redirect else room.refuse(error)

        if room.is_api:
            return calls.play(self.world, request, room, act, PLANNED[room.name])
        return act()[1]


PLANNED: dict[str, Callable[[dict[str, Any]], Response]] = {
    graph.room.name: graph_errors.planned,
    login.room.name: graph_errors.planned,
    telegram.room.name: telegram_errors.planned,
}


def _respond_with(handler: Callable[..., Any], call: Call, args: dict[str, Any]) -> Response:
    answer = handler(call, **args)
    if isinstance(answer, Response):
        return answer
    return Response(json.dumps(answer, ensure_ascii=False), content_type="application/json")
