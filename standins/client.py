"""Driving the stand-ins from a test or a script, in this process or in another."""

import json
from typing import Any
from urllib.parse import urlencode

from standins.outbox import fetch


class RefusedError(Exception):
    """The control interface said no."""


class Control:
    """The control interface as methods. ``chat`` is "messenger-1001" or "telegram-123456"."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/") + "/control"

    # What persons do and see

    def write(self, chat: str, text: str, *, person: int = 1) -> int | None:
        """Say something. Gives back the delivery, or None when nobody is subscribed."""
        return self._act(chat, person, "write", text=text)

    def tap(self, chat: str, payload: str, *, title: str = "Tap", person: int = 1) -> int | None:
        """Press a button or a menu's item."""
        return self._act(chat, person, "tap", title=title, payload=payload)

    def quick_reply(self, chat: str, title: str, payload: str, *, person: int = 1) -> int | None:
        return self._act(chat, person, "quick-reply", title=title, payload=payload)

    def start(self, chat: str, *, ref: str = "", person: int = 1) -> int | None:
        return self._act(chat, person, "start", ref=ref)

    def follow_link(self, chat: str, ref: str, *, person: int = 1) -> int | None:
        return self._act(chat, person, "link", ref=ref)

    def read(self, chat: str, *, person: int = 1) -> int | None:
        return self._act(chat, person, "read")

    def block(self, chat: str, *, person: int = 1) -> int | None:
        return self._act(chat, person, "block")

    def unblock(self, chat: str, *, person: int = 1) -> int | None:
        return self._act(chat, person, "unblock")

    def view(self, chat: str, *, person: int = 1) -> dict[str, Any]:
        """What the person's phone shows."""
        return self._get("/chat", chat=chat, person=person)

    def address(self, chat: str, *, person: int = 1) -> str:
        """How page or bot call the person: PSID, chat id."""
        return str(self.view(chat, person=person)["address"])

    def received(self, chat: str, *, person: int = 1) -> list[dict[str, Any]]:
        """What page or bot said to the person."""
        messages = self.view(chat, person=person)["messages"]
        return [message for message in messages if message["sender"] == "bot"]

    def state(self) -> dict[str, Any]:
        return self._get("/state")

    # What there is

    def add_person(self, name: str, *, email: str = "", role: str = "phone") -> int:
        return int(self._post("/persons", name=name, email=email, role=role)["person"])

    def add_page(self, page: str, name: str) -> str:
        """Gives back its token."""
        return str(self._post("/pages", id=page, name=name)["token"])

    def page(self, page: str, **changes: Any) -> dict[str, Any]:
        """Look at a page, or change it: token_state, restricted, subscribed_fields, profile."""
        path = f"/pages/{page}"
        return self._post(path, **changes) if changes else self._get(path)

    def add_bot(self, token: str, name: str) -> str:
        return str(self._post("/bots", token=token, name=name)["chat"])

    def bot(self, bot: str, **changes: Any) -> dict[str, Any]:
        """Look at a bot, or change its token_state."""
        path = f"/bots/{bot}"
        return self._post(path, **changes) if changes else self._get(path)

    def thread(self, chat: str, *, person: int = 1, **changes: Any) -> None:
        """Change deactivated or user_menu."""
        self._post("/threads", chat=chat, person=person, **changes)

    def site(self, slug: str, **parts: str) -> None:
        """Put snippet or passage on a business's website."""
        self._post(f"/sites/{slug}", **parts)

    # What the platforms do

    def fail(self, api: str, match: str = "", *, count: int = 1, **plan: Any) -> None:
        """Let the next calls fail: kind (error, slow, drop, lost), code, subcode, seconds, ..."""
        self._post("/failures", api=api, match=match, count=count, **plan)

    def failures_to_come(self) -> int:
        """How many planned failures no call has met yet."""
        return int(self._get("/failures")["to_come"])

    def stop_failing(self) -> None:
        self._request("DELETE", "/failures", {})

    def let_pass(self, *, hours: float = 0, seconds: float = 0) -> None:
        self._post("/time", seconds=hours * 3600 + seconds)

    def require_proof(self, required: bool = True) -> None:
        self._post("/settings", require_proof=required)

    def verify(self, **values: str) -> dict[str, Any]:
        """Meta's GET of the webhook."""
        return self._post("/meta/verify", **values)

    def signed_request(self, *, person: int = 1, **values: str) -> dict[str, Any]:
        """Meta's callback: data-deletion or deauthorize."""
        return self._post("/meta/signed-request", person=person, **values)

    # What came in and went out

    def calls(self, api: str = "", path: str = "", *, after: int = 0) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._get("/calls", api=api, path=path, after=after)["calls"]
        return found

    def deliveries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._get("/deliveries")["deliveries"]
        return found

    def again(self, delivery: int) -> int:
        """Deliver the same bytes once more."""
        return int(self._post("/deliveries/again", delivery=delivery)["delivery"])

    def batch(self, deliveries: list[int]) -> int:
        return int(self._post("/deliveries/batch", deliveries=deliveries)["delivery"])

    def settle(self, seconds: float = 10) -> bool:
        """Wait until nothing is on its way to the product; say whether that came true."""
        return bool(self._post("/settle", seconds=seconds)["settled"])

    def reset(self) -> None:
        """As on the first day."""
        self._post("/reset")

    def _act(self, chat: str, person: int, act: str, **values: str) -> int | None:
        delivery = self._post("/act", chat=chat, person=person, act=act, **values)["delivery"]
        return int(delivery) if delivery is not None else None

    def _get(self, address: str, /, **values: Any) -> dict[str, Any]:
        return self._request("GET", f"{address}?{urlencode(values)}", None)

    def _post(self, address: str, /, **values: Any) -> dict[str, Any]:
        return self._request("POST", address, values)

    def _request(self, verb: str, path: str, values: dict[str, Any] | None) -> dict[str, Any]:
        body = json.dumps(values).encode() if values is not None else None
        headers = {"Content-Type": "application/json"} if body else {}
        status, answer, problem = fetch(verb, self.url + path, headers, body, patience=70)
        if status != 200:
            raise RefusedError(
                f"{verb} {path}: {status} {problem or answer.decode(errors='replace')}"
            )
        found: dict[str, Any] = json.loads(answer)
        return found
