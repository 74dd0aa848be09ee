"""Secrets and signatures of notices, in the form of Standard Webhooks (standardwebhooks.com).

webhook-id: msg_...
webhook-timestamp: 1764435600
webhook-signature: v1,<base64 of HMAC-SHA256 over "id.timestamp.body">
"""

import base64
import secrets
from datetime import UTC, datetime

from standardwebhooks import Webhook

SECRET_BYTES = 32
"""The specification asks for 24 to 64."""


def new_secret() -> str:
    """A secret as receivers' libraries take it: ``whsec_`` and its base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def signed(message_id: str, body: str, keys: list[str], *, at: datetime) -> dict[str, str]:
    """The headers that go with a body: one signature for each secret, the newest first."""
    moment = at.astimezone(UTC)  # The library takes any other zone's clock for that of UTC.
    signatures = [Webhook(key).sign(message_id, moment, body) for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
