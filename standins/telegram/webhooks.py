"""Where a bot wants its updates."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from standins.outbox import on_this_machine
from standins.telegram.access import BotCall
from standins.telegram.errors import bad

PORTS = (443, 80, 88, 8443)
CONNECTIONS = 40


def set_webhook(call: BotCall) -> bool:
    """The real one demands https on four ports; here an address on this machine may be plain."""
    url = call.text("url")
    if not url:
        return delete_webhook(call)
    _check_url(url)
    secret = call.text("secret_token")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad("secret token contains unallowed characters")
    connections = call.text("max_connections", str(CONNECTIONS))
    if not connections.isdigit() or not 1 <= int(connections) <= 100:
        raise bad("bad webhook: max_connections must be between 1 and 100")
    allowed = call.value("allowed_updates")
    if allowed is not None and not (
        isinstance(allowed, list) and all(isinstance(kind, str) for kind in allowed)
    ):
        raise bad("can't parse allowed_updates")
    _drop_if_asked(call)
    call.save(
        "webhook_json",
        {
            "url": url,
            "secret_token": secret,
            "max_connections": int(connections),
            "allowed_updates": allowed,
        },
    )
    call.world.outbox.webhook_changed(call.bot["id"])
    return True


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if on_this_machine(url) and parts.scheme in ("http", "https"):
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not parts.hostname or (parts.port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def delete_webhook(call: BotCall) -> bool:
    _drop_if_asked(call)
    call.save("webhook_json", None)
    return True


def _drop_if_asked(call: BotCall) -> None:
    if call.text("drop_pending_updates").lower() in ("true", "1"):
        call.world.store.run(
            "DELETE FROM deliveries WHERE platform = 'telegram' AND place = ?"
            " AND state IN ('pending', 'waiting')",
            call.bot["id"],
        )


def webhook_info(call: BotCall) -> dict[str, Any]:
    webhook = json.loads(call.bot["webhook_json"]) if call.bot["webhook_json"] else {"url": ""}
    pending = call.world.store.row(
        "SELECT count(*) AS count FROM deliveries WHERE platform = 'telegram' AND place = ?"
        " AND state IN ('pending', 'waiting')",
        call.bot["id"],
    )
    info = {
        "url": webhook["url"],
        "has_custom_certificate": False,
        "pending_update_count": pending["count"] if pending else 0,
    }
    for name in ("max_connections", "allowed_updates"):
        if webhook.get(name):
            info[name] = webhook[name]
    if call.bot["last_error"]:
        info["last_error_date"] = int(call.bot["last_error_at"])
        info["last_error_message"] = call.bot["last_error"]
    return info
