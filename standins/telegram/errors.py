"""The Bot API's way to say no: ``{"ok": false, "error_code", "description", "parameters"?}``."""

from typing import Any

from werkzeug.wrappers import Response

from standins.web import Refusal, as_json


class TelegramError(Refusal):
    def __init__(
        self, code: int, description: str, *, parameters: dict[str, int] | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.parameters = parameters

    def response(self) -> Response:
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": str(self)}
        if self.parameters:
            answer["parameters"] = self.parameters
        return as_json(answer, self.code)


def bad(description: str) -> TelegramError:
    return TelegramError(400, f"Bad Request: {description}")


DESCRIPTIONS = {
    400: "Bad Request: chat not found",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


def planned(plan: dict[str, Any]) -> Response:
    """The error that a test or the demo asked for."""
    code = int(plan.get("code", 500))
    if code == 429:
        seconds = int(plan.get("retry_after", 5))
        description = f"Too Many Requests: retry after {seconds}"
        return TelegramError(429, description, parameters={"retry_after": seconds}).response()
    description = str(plan.get("message", DESCRIPTIONS.get(code, "Bad Request: asked for")))
    return TelegramError(code, description).response()
