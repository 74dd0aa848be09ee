"""Letting the platforms fail, letting time pass, and reading what came in."""

from typing import Any

from standins import calls
from standins.control.access import ControlCall
from standins.control.errors import ControlError

APIS = ("graph", "telegram", "facebook")


def calls_received(call: ControlCall) -> dict[str, Any]:
    return {
        "calls": calls.recorded(
            call.world,
            api=call.text("api", ""),
            path=call.text("path", ""),
            after=int(call.number("after", 0)),
        )
    }


def plan(call: ControlCall) -> dict[str, int]:
    """The next ``count`` calls whose path contains ``match`` fail: see ``calls.KINDS``."""
    if call.text("api") not in APIS:
        raise ControlError(f"api must be one of {', '.join(APIS)}.")
    kind = call.text("kind", "error")
    if kind not in calls.KINDS:
        raise ControlError(f"kind must be one of {', '.join(sorted(calls.KINDS))}.")
    details: dict[str, Any] = {
        name: call.params[name]
        for name in ("code", "subcode", "message", "status", "retry_after", "seconds")
        if name in call.params
    }
    if kind == "slow":
        details["seconds"] = call.number("seconds")
    number = calls.plan_failure(
        call.world,
        call.text("api"),
        match=call.text("match", ""),
        count=int(call.number("count", 1)),
        plan=details | {"kind": kind},
    )
    return {"failure": number}


def to_come(call: ControlCall) -> dict[str, int]:
    return {"to_come": calls.failures_to_come(call.world)}


def forget(call: ControlCall) -> dict[str, Any]:
    call.world.store.run("DELETE FROM failures")
    return {}


def let_pass(call: ControlCall) -> dict[str, float]:
    return {"shift": call.world.let_pass(call.number("seconds"))}


def change_settings(call: ControlCall) -> dict[str, Any]:
    if "require_proof" in call.params:
        call.world.set("require_proof", "1" if call.params["require_proof"] else "0")
    return {}


def reset(call: ControlCall) -> dict[str, Any]:
    call.world.reset()
    return {}
