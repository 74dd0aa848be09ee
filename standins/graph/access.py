"""Who calls: versions, tokens and proofs."""

import hashlib
import hmac
import json
import re
from typing import Any, NoReturn, Self

from werkzeug.wrappers import Request

from standins.graph.errors import DEAD_TOKENS, GraphError, dead_token, unknown_object
from standins.store import Row
from standins.web import Call
from standins.world import World

#: v20.0 is gone since 2026, v26.0 is the newest.
VERSIONS = range(21, 27)


class GraphCall(Call):
    """A call of ``/<version>/...`` with its token."""

    @classmethod
    def open(cls, world: World, request: Request, args: dict[str, Any]) -> Self:
        call = cls(world, request)
        version = args.pop("version")
        known = re.fullmatch(r"v(\d+)\.0", version)
        if not known:
            raise GraphError(2500, f"Unknown path components: /{version}")
        if int(known[1]) not in VERSIONS:
            raise GraphError(
                2635,
                f"(#2635) You are calling a deprecated or unknown version of the API ({version})."
                f" Please update to the latest version: v{VERSIONS[-1]}.0.",
            )
        if call.params.pop("_unreadable", False):
            raise GraphError(100, "(#100) The request body is not a JSON object")
        return call

    @property
    def token(self) -> str:
        scheme, _, value = self.request.headers.get("Authorization", "").partition(" ")
        bearer = value if scheme.lower() in ("bearer", "oauth") else ""
        return str(self.params.get("access_token") or bearer)

    def page(self, node: str) -> Row:
        """The page that calls about itself, as ``me`` or by its id; its token must be alive."""
        row = self.world.store.row("SELECT * FROM pages WHERE token = ?", self.token)
        if row is None:
            self._refuse_token()
        self.place = row["id"]
        if row["token_state"] != "valid":
            raise dead_token(row["token_state"])
        self.check_proof()
        if node not in ("me", row["id"]):
            raise unknown_object(self.request.method, node)
        return row

    def app(self) -> None:
        """Only the app itself may ask this: ``<app id>|<app secret>``."""
        if self.token != self.world.config.app_token:
            self._refuse_token()
        self.check_proof()

    def check_proof(self, *, required: bool = False) -> None:
        """``appsecret_proof``: may be missing unless the app demands it, must never be wrong."""
        given = self.params.get("appsecret_proof")
        if not given:
            if required or self.world.setting("require_proof") == "1":
                raise GraphError(
                    100,
                    "API calls from the server require an appsecret_proof argument",
                    kind="GraphMethodException",
                )
            return
        if not hmac.compare_digest(str(given), proof(self.world.config.app_secret, self.token)):
            raise GraphError(
                100,
                "Invalid appsecret_proof provided in the API argument",
                kind="GraphMethodException",
            )

    def value(self, name: str) -> Any:
        """A parameter; objects may come as JSON or, in a form, as JSON in a string."""
        value = self.params.get(name)
        if isinstance(value, str) and value[:1] in ("{", "["):
            try:
                return json.loads(value)
            except ValueError:
                raise GraphError(100, f"(#100) param {name} must be valid JSON") from None
        return value

    def names(self, name: str) -> list[str]:
        """A list of names, as JSON or separated by commas."""
        value = self.value(name)
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return value
        return []

    def _refuse_token(self) -> NoReturn:
        if not self.token:
            raise GraphError(
                2500,
                "An active access token must be used to query information about the current user.",
            )
        raise dead_token("invalid")


def proof(secret: str, token: str) -> str:
    """https://developers.facebook.com/docs/graph-api/guides/secure-requests"""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


TOKEN_STATES = ("valid", *DEAD_TOKENS)
