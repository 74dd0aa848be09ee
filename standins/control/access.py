"""Calls of the control interface, and what they name."""

from typing import Any, Self

from werkzeug.wrappers import Request

from standins import chats
from standins.chats import Thread
from standins.control.errors import ControlError
from standins.web import Call
from standins.world import World

TABLES = {"messenger": "pages", "telegram": "bots"}


class ControlCall(Call):
    """Changes must come as JSON: no foreign page in the same browser can send that unasked."""

    @classmethod
    def open(cls, world: World, request: Request, args: dict[str, Any]) -> Self:
        if request.method != "GET" and request.mimetype != "application/json":
            raise ControlError("Send JSON.", 415)
        call = cls(world, request)
        if call.params.pop("_unreadable", False):
            raise ControlError("The body is not a JSON object.")
        return call

    def text(self, name: str, default: str | None = None) -> str:
        value = self.params.get(name, default)
        if not isinstance(value, str):
            raise ControlError(f"{name} must be a text.")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        value = self.params.get(name, default)
        try:
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise ControlError(f"{name} must be a number.") from None

    def thread(self) -> Thread:
        """``chat`` ("messenger-1001") and ``person`` (1 by default)."""
        platform, _, place = self.text("chat").partition("-")
        table = TABLES.get(platform)
        if table is None or not self.world.store.row(
            f"SELECT 1 FROM {table} WHERE id = ?",  # one of the two names above
            place,
        ):
            raise ControlError(f"No such chat: {self.text('chat')}", 404)
        person = int(self.number("person", 1))
        if not self.world.store.row("SELECT 1 FROM persons WHERE id = ?", person):
            raise ControlError(f"No such person: {person}", 404)
        return chats.open_thread(self.world, platform, place, person)
