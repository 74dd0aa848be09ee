"""What the control interface refuses: a sentence and a status."""

from werkzeug.wrappers import Response

from standins.web import Refusal, as_json


class ControlError(Refusal):
    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status

    def response(self) -> Response:
        return as_json({"error": str(self)}, self.status)
