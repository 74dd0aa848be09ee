"""Delivering events to the product's webhooks, with the platforms' patience and stubbornness.

A delivery is a row before it is a request, so a restart loses none. Meta keeps a thread's order
until something fails, then events overtake each other. Telegram never lets them: a failing update
blocks its chat. Only addresses on this machine are ever called.
"""

import hashlib
import hmac
import http.client
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from standins.store import Row, Store

if TYPE_CHECKING:
    from standins.world import Config

META_WEBHOOK = "/webhooks/meta/"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

NEXT_DUE = """
    SELECT * FROM deliveries AS mine
    WHERE state = 'pending' AND due <= ? AND (lane IS NULL OR NOT EXISTS (
        SELECT 1 FROM deliveries AS earlier
        WHERE earlier.lane = mine.lane AND earlier.id < mine.id
        AND earlier.state IN ('pending', 'waiting')))
    ORDER BY id LIMIT 50
"""


def on_this_machine(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK


def sign(secret: str, body: bytes) -> str:
    """Meta's ``X-Hub-Signature-256``: over the bytes as sent, escapes and all."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Outbox:
    """The deliveries, and the threads that carry them out."""

    def __init__(self, config: "Config", store: Store) -> None:
        self._config = config
        self._store = store
        self._changed = threading.Condition()
        self._under_way: set[int] = set()
        self._signals = 0
        self._stopping = False
        self._paused = False
        self._carriers = ThreadPoolExecutor(8, "delivery")
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self.wake()
        if self._thread.is_alive():
            self._thread.join()
        self._carriers.shutdown(wait=True, cancel_futures=True)

    def put(self, platform: str, place: str, body: bytes, *, lane: str | None) -> int:
        """Send this body to whoever listens for the page or bot."""
        delivery = self._store.run(
            "INSERT INTO deliveries (platform, place, lane, body, state, due)"
            " VALUES (?, ?, ?, ?, 'pending', ?)",
            platform,
            place,
            lane,
            body,
            time.time(),
        )
        self.wake()
        return delivery

    def again(self, delivery: int) -> int | None:
        """Deliver the same bytes once more, as the platforms now and then do."""
        row = self._store.row("SELECT * FROM deliveries WHERE id = ?", delivery)
        return self.put(row["platform"], row["place"], row["body"], lane=None) if row else None

    def webhook_changed(self, bot: str) -> None:
        """Updates that waited for a webhook go out now."""
        self._store.run(
            "UPDATE deliveries SET state = 'pending', due = 0"
            " WHERE platform = 'telegram' AND place = ? AND state = 'waiting'",
            bot,
        )
        self.wake()

    def wake(self) -> None:
        with self._changed:
            self._signals += 1
            self._changed.notify_all()

    def settled(self, seconds: float) -> bool:
        """Wait until nothing is on its way any more; say whether that came true."""
        deadline = time.monotonic() + seconds
        while not self._is_settled():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._wait(left)
        return True

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing is taken up, and nothing is on its way, in here."""
        with self._changed:
            self._paused = True
            self._changed.wait_for(lambda: not self._under_way, timeout=self._config.patience + 1)
        try:
            yield
        finally:
            self._paused = False
            self.wake()

    def _wait(self, seconds: float) -> None:
        # Half a second at most: a signal between a look and this wait is only late, not lost.
        with self._changed:
            self._changed.wait(min(seconds, 0.5))

    def _is_settled(self) -> bool:
        return not self._under_way and not self._store.row(
            "SELECT 1 FROM deliveries WHERE state = 'pending'"
        )

    def _run(self) -> None:
        while not self._stopping:
            seen = self._signals
            # The store is never asked while the condition is held: whoever writes to it wakes us
            # from inside a transaction. And what is busy is noted before asking, or a delivery
            # that ends in between would be taken up twice.
            busy = set(self._under_way)
            rows = [] if self._paused else self._store.rows(NEXT_DUE, time.time())
            with self._changed:
                rows = [row for row in rows if row["id"] not in busy and not self._paused]
                self._under_way.update(row["id"] for row in rows)
            for row in rows:
                self._carriers.submit(self._carry, row)
            if not rows:
                pause = self._until_next()
                with self._changed:
                    if self._signals == seen:
                        self._changed.wait(pause)

    def _until_next(self) -> float:
        row = self._store.row(
            "SELECT min(due) AS due FROM deliveries WHERE state = 'pending' AND due > ?",
            time.time(),
        )
        return max(0.01, min(5.0, row["due"] - time.time())) if row and row["due"] else 5.0

    def _carry(self, row: Row) -> None:
        try:
            target = self._target(row)
            if target is None:
                state = "waiting" if row["platform"] == "telegram" else "given-up"
                self._note(row, state=state, problem="nobody listens")
                return
            status, problem = post(*target, row["body"], patience=self._config.patience)
            self._judge(row, status, problem)
        finally:
            with self._changed:
                self._under_way.discard(row["id"])
                self._signals += 1
                self._changed.notify_all()

    def _target(self, row: Row) -> tuple[str, dict[str, str]] | None:
        if row["platform"] == "messenger":
            if not self._config.webhook:
                return None
            signature = sign(self._config.app_secret, row["body"])
            return self._config.webhook.rstrip("/") + META_WEBHOOK, {
                "User-Agent": "facebookexternalua",
                "X-Hub-Signature-256": signature,
            }
        bot = self._store.row("SELECT webhook_json FROM bots WHERE id = ?", row["place"])
        webhook = json.loads(bot["webhook_json"]) if bot and bot["webhook_json"] else None
        if webhook is None:
            return None
        secret = webhook.get("secret_token")
        return webhook["url"], {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}

    def _judge(self, row: Row, status: int | None, problem: str | None) -> None:
        is_good = status == 200 or (
            row["platform"] == "telegram" and status is not None and 200 <= status < 300
        )
        attempts = row["attempts"] + 1
        if is_good:
            self._note(row, state="delivered", attempts=attempts, status=status)
            return
        problem = problem or f"answered {status}"
        if row["platform"] == "telegram":
            self._store.run(
                "UPDATE bots SET last_error = ?, last_error_at = ? WHERE id = ?",
                f"Wrong response from the webhook: {problem}",
                time.time(),
                row["place"],
            )
        if attempts > len(self._config.retries):
            self._note(row, state="given-up", attempts=attempts, status=status, problem=problem)
            return
        # Meta promises no order once a delivery has failed: later ones may overtake it.
        lane = row["lane"] if row["platform"] == "telegram" else None
        self._store.run(
            "UPDATE deliveries SET attempts = ?, status = ?, problem = ?, lane = ?, due = ?"
            " WHERE id = ?",
            attempts,
            status,
            problem,
            lane,
            time.time() + self._config.retries[attempts - 1],
            row["id"],
        )

    def _note(
        self,
        row: Row,
        *,
        state: str,
        attempts: int | None = None,
        status: int | None = None,
        problem: str | None = None,
    ) -> None:
        self._store.run(
            "UPDATE deliveries SET state = ?, attempts = ?, status = ?, problem = ? WHERE id = ?",
            state,
            row["attempts"] if attempts is None else attempts,
            status,
            problem,
            row["id"],
        )


def post(
    url: str,
    headers: dict[str, str],
    body: bytes,
    *,
    patience: float,
    content_type: str = "application/json",
) -> tuple[int | None, str | None]:
    """POST and give back (status, None), or (None, what went wrong). Follows no redirect."""
    status, _, problem = fetch(
        "POST", url, {"Content-Type": content_type, **headers}, body, patience=patience
    )
    return status, problem


def fetch(
    verb: str, url: str, headers: dict[str, str], body: bytes | None, *, patience: float
) -> tuple[int | None, bytes, str | None]:
    if not on_this_machine(url):
        return None, b"", "the stand-ins call this machine only"
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=patience)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(verb, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), None
    except (OSError, http.client.HTTPException) as error:
        return None, b"", f"{type(error).__name__}: {error}"
    finally:
        connection.close()
