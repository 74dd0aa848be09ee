"""A business's own system that takes notices of erasures, as strict as one may be.

It reads the specification (standardwebhooks.com) by itself: nothing of ours, and no library that we
sign with, checks here.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.foundation.outbound.conftest import PUBLIC, Internet, answer

HOST = "kasse.example"
URL = f"https://{HOST}/erased"
STATUSES = {200: "200 OK", 204: "204 No Content", 302: "302 Found", 400: "400 Bad Request"}
STATUSES |= {410: "410 Gone", 429: "429 Too Many Requests", 500: "500 Oops", 503: "503 Away"}


def reply(status: int, **headers: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return answer(b"", lines.encode(), STATUSES[status])


@dataclass
class Taken:
    id: str
    body: Any


class Receiver:
    """Answers 204 to what is signed, 400 to what is not, and what it is told to in between."""

    def __init__(
        self,
        internet: Internet,
        *,
        secrets: list[str],
        host: str = HOST,
        address: str = PUBLIC,
    ) -> None:
        self.secrets = secrets
        self.answers: list[bytes | Callable[[Any], None]] = []
        """For the next requests, one each."""
        self.taken: list[Taken] = []
        """What was signed as it must be, each time that it came."""
        self.refused: list[str] = []
        self.site = internet.add(host, address=address)
        self.site.answers["/erased"] = self._speak

    @property
    def ids(self) -> list[str]:
        return [each.id for each in self.taken]

    @property
    def people(self) -> list[dict[str, str]]:
        return [person for each in self.taken for person in each.body["data"]["people"]]

    def _speak(self, connection: Any) -> None:
        try:
            self.taken.append(self._checked(self.site.requests[-1]))
        except (AssertionError, KeyError, ValueError) as error:
            self.refused.append(repr(error))
            connection.sendall(reply(400))
            return
        played = self.answers.pop(0) if self.answers else reply(204)
        if isinstance(played, bytes):
            connection.sendall(played)
        else:
            played(connection)

    def _checked(self, request: str) -> Taken:
        head, _, body = request.partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines}
        assert first == "POST /erased HTTP/1.1", first
        assert headers["content-type"] == "application/json"
        assert not {"cookie", "authorization", "referer"} & headers.keys()
        assert re.fullmatch(r"msg_[0-9a-z]{27}", headers["webhook-id"]), headers["webhook-id"]
        assert re.fullmatch(r"\d+", headers["webhook-timestamp"])
        assert abs(time.time() - int(headers["webhook-timestamp"])) < 300, "too old, or too new"
        said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
        given = headers["webhook-signature"].split(" ")
        assert any(self._signature(secret, said) in given for secret in self.secrets), "forged"
        assert len(body.encode()) < 20_000, "larger than receivers take"
        return Taken(headers["webhook-id"], json.loads(body))

    def _signature(self, secret: str, said: bytes) -> str:
        assert secret.startswith("whsec_")
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        assert 24 <= len(key) <= 64
        return "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
