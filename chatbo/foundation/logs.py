"""What must not stand in a log."""

from structlog.typing import EventDict, WrappedLogger


def name_routes(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A structlog processor: tells the route instead of the address that was asked for.

    Django logs the path of each request that fails. In ours stand codes and tokens: whoever
    reads the log could open somebody's confirmation link. "Not Found: accounts/confirm/<token>/"
    tells as much about the fault.
    """
    request = getattr(event.get("_record"), "request", None)
    path = getattr(request, "path", "")
    if path and path in str(event["event"]):
        match = getattr(request, "resolver_match", None)
        route = match.route if match else "(no such address)"
        event["event"] = str(event["event"]).replace(path, route)
    return event
