"""Which bot calls."""

import json
import re
from typing import Any, Self

from werkzeug.wrappers import Request

from standins.store import Row
from standins.telegram.errors import TelegramError, bad
from standins.web import Call
from standins.world import World


class BotCall(Call):
    """A call of ``/bot<token>/<method>``."""

    bot: Row

    @classmethod
    def open(cls, world: World, request: Request, args: dict[str, Any]) -> Self:
        call = cls(world, request)
        token = args.pop("token")
        if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
            raise TelegramError(404, "Not Found")
        row = world.store.row("SELECT * FROM bots WHERE token = ?", token)
        if row is None or row["token_state"] != "valid":
            raise TelegramError(401, "Unauthorized")
        if call.params.pop("_unreadable", False):
            raise bad("can't parse JSON object")
        call.bot = row
        call.place = row["id"]
        return call

    def text(self, name: str, default: str = "") -> str:
        value = self.params.get(name, default)
        return value if isinstance(value, str) else str(value)

    def value(self, name: str) -> Any:
        """A parameter that is an object or list: JSON, or JSON in a string."""
        value = self.params.get(name)
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError:
                raise bad(f"can't parse {name}: not JSON") from None
        return value

    def save(self, column: str, value: Any) -> None:
        """Remember something of the bot. The column is the code's own word, never the caller's."""
        self.world.store.run(
            f"UPDATE bots SET {column} = ? WHERE id = ?",
            json.dumps(value) if value is not None else None,
            self.bot["id"],
        )
