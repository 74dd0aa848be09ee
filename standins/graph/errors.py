"""The Graph API's errors, in its own shape and words.

https://developers.facebook.com/docs/messenger-platform/error-codes
"""

import json
import secrets
from typing import Any

from werkzeug.wrappers import Response

from standins.web import Refusal, as_json


class GraphError(Refusal):
    """``{"error": {"message", "type", "code", "error_subcode"?, "fbtrace_id"}}``."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        kind: str = "OAuthException",
        status: int = 400,
        transient: bool = False,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.subcode = subcode
        self.kind = kind
        self.status = status
        self.transient = transient
        self.headers = headers or {}

    def response(self) -> Response:
        error: dict[str, Any] = {"message": str(self), "type": self.kind, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.transient:
            error["is_transient"] = True
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
        return as_json({"error": error}, self.status, self.headers)


def wrong(message: str, *, subcode: int | None = None) -> GraphError:
    """A parameter that the real one refuses."""
    return GraphError(100, f"(#100) {message}", subcode=subcode)


def unknown_object(verb: str, node: str) -> GraphError:
    return GraphError(
        100,
        f"Unsupported {verb.lower()} request. Object with ID '{node}' does not exist, cannot be"
        " loaded due to missing permissions, or does not support this operation",
        subcode=33,
        kind="GraphMethodException",
    )


#: What a page token can suffer, and the subcode that tells.
DEAD_TOKENS = {
    "invalid": (None, "Invalid OAuth access token - Cannot parse access token"),
    "removed": (
        458,
        "Error validating access token: The user has not authorized application demo-app.",
    ),
    "password": (
        460,
        "Error validating access token: The user has changed the password.",
    ),
    "expired": (463, "Error validating access token: Session has expired."),
}


def dead_token(state: str) -> GraphError:
    subcode, message = DEAD_TOKENS[state]
    return GraphError(190, message, subcode=subcode)


def too_many(
    code: int, message: str, *, place: str = "0", minutes: int = 10, subcode: int | None = None
) -> GraphError:
    """A rate limit, with the headers that say when to come back."""
    usage = {
        "call_count": 100,
        "total_cputime": 0,
        "total_time": 0,
        "type": "messenger",
        "estimated_time_to_regain_access": minutes,
    }
    headers = {
        "X-App-Usage": json.dumps({"call_count": 100, "total_cputime": 0, "total_time": 0}),
        "X-Business-Use-Case-Usage": json.dumps({place: [usage]}),
    }
    return GraphError(code, message, subcode=subcode, headers=headers)


def planned(plan: dict[str, Any]) -> Response:
    """The error that a test or the demo asked for."""
    code = int(plan.get("code", 2))
    message = str(plan.get("message", f"(#{code}) An error that the stand-in was asked to give"))
    subcode = plan.get("subcode")
    if code in (4, 17, 32, 613, 80006):
        minutes = int(plan.get("retry_after", 600)) // 60
        return too_many(code, message, subcode=subcode, minutes=minutes).response()
    transient = code in (1, 2)
    status = int(plan.get("status", 500 if transient else 400))
    return GraphError(code, message, subcode=subcode, status=status, transient=transient).response()
