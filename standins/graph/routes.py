"""The addresses of the Graph API."""

from typing import Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from standins.facebook import tokens
from standins.graph import messages, pages, profile
from standins.graph.access import GraphCall
from standins.graph.errors import GraphError
from standins.web import Room


def refuse(error: HTTPException) -> Response:
    if isinstance(error, MethodNotAllowed):
        message = "Unsupported request - method type"
        return GraphError(100, message, kind="GraphMethodException").response()
    return GraphError(2500, "Unknown path components").response()


room = Room("/graph", GraphCall, is_api=True, refuse=refuse)

room.on("/<version>/<node>/messages", "POST")(messages.send)
room.on("/<version>/<node>/messenger_profile", "GET")(profile.read)
room.on("/<version>/<node>/messenger_profile", "POST")(profile.write)
room.on("/<version>/<node>/messenger_profile", "DELETE")(profile.delete)
room.on("/<version>/<node>/custom_user_settings", "GET")(profile.read_user_settings)
room.on("/<version>/<node>/subscribed_apps", "GET")(pages.read_subscription)
room.on("/<version>/<node>/subscribed_apps", "POST")(pages.subscribe)
room.on("/<version>/<node>/subscribed_apps", "DELETE")(pages.unsubscribe)
room.on("/<version>/debug_token", "GET")(pages.debug_token)
room.on("/<version>/<asid>/ids_for_pages", "GET")(pages.ids_for_pages)
room.on("/<version>/oauth/access_token", "GET", "POST")(tokens.access_token)


@room.on("/<version>/<node>", "GET")
def read_node(call: GraphCall, node: str) -> dict[str, Any]:
    """A page about itself, or, with the token of a log-in, the person behind it."""
    if node == "me" and tokens.is_login(call):
        return tokens.me(call)
    return pages.read(call, node)
