"""Keeping a record of every call at a platform's interface, and failing on request."""

import json
import socket
import time
from collections.abc import Callable
from typing import Any, NoReturn

from werkzeug.wrappers import Request, Response

from standins.web import Call, Room
from standins.world import World

SECRETS = frozenset({"access_token", "appsecret_proof", "client_secret", "code", "secret_token"})

#: What a failure can be: refused before anything happened; carried out late; cut off before
#: anything happened; carried out, but the answer is lost (what a client sees as a time-out). The
#: last two hold the call for ``seconds`` before they cut it off.
KINDS = frozenset({"error", "slow", "drop", "lost"})


class CutError(Exception):
    """The connection ends here, without an answer."""


def plan_failure(world: World, api: str, *, match: str, count: int, plan: dict[str, Any]) -> int:
    """Let the next ``count`` calls whose path contains ``match`` fail as planned."""
    return world.store.run(
        "INSERT INTO failures (api, match, remaining, plan_json) VALUES (?, ?, ?, ?)",
        api,
        match,
        count,
        json.dumps(plan),
    )


def failures_to_come(world: World) -> int:
    """How many calls are still to fail: one less as soon as such a call has come in."""
    return sum(row["remaining"] for row in world.store.rows("SELECT remaining FROM failures"))


def play(
    world: World,
    request: Request,
    room: Room,
    act: Callable[[], tuple[Call | None, Response]],
    refuse: Callable[[dict[str, Any]], Response],
) -> Response:
    """Carry out a call at an interface as planned, and write it down."""
    plan = _take_failure(world, room.name, request.path)
    call: Call | None = None
    response: Response | None = None
    match plan.get("kind"):
        case "error":
            response = refuse(plan)
        case "drop":
            time.sleep(float(plan.get("seconds", 0)))
        case "slow":
            time.sleep(float(plan["seconds"]))
            call, response = act()
        case "lost":
            call, _ = act()
            time.sleep(float(plan.get("seconds", 0)))
        case _:
            call, response = act()
    _record(world, request, room, call, response)
    if response is None:
        cut(request)
    return response


def cut(request: Request) -> NoReturn:
    """End the connection without a word."""
    connection = request.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    raise CutError


def _take_failure(world: World, api: str, path: str) -> dict[str, Any]:
    with world.store.transaction():
        for row in world.store.rows(
            "SELECT * FROM failures WHERE api = ? AND remaining > 0 ORDER BY id", api
        ):
            if row["match"] in path:
                world.store.run(
                    "UPDATE failures SET remaining = remaining - 1 WHERE id = ?", row["id"]
                )
                plan: dict[str, Any] = json.loads(row["plan_json"])
                return plan
    return {}


def _record(
    world: World, request: Request, room: Room, call: Call | None, response: Response | None
) -> None:
    params = (call or Call(world, request)).params
    # A Telegram token is part of the path; the record shows the method only.
    path = "/" + request.path.split("/", 3)[-1]
    world.store.run(
        "INSERT INTO calls (at, api, verb, path, place, params_json, status, answer_json)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        world.now(),
        room.name,
        request.method,
        path,
        call.place if call else None,
        json.dumps({name: value for name, value in params.items() if name not in SECRETS}),
        response.status_code if response else None,
        response.get_data(as_text=True) if response else None,
    )


def recorded(
    world: World, *, api: str = "", path: str = "", after: int = 0
) -> list[dict[str, Any]]:
    """What came in, oldest first."""
    rows = world.store.rows(
        "SELECT * FROM calls WHERE (? = '' OR api = ?) AND instr(path, ?) AND id > ? ORDER BY id",
        api,
        api,
        path,
        after,
    )
    for row in rows:
        row["params"] = json.loads(row.pop("params_json"))
        answer = row.pop("answer_json")
        row["answer"] = json.loads(answer) if answer and answer[0] in "[{" else answer
    return rows
