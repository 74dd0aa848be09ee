"""Reading Meta's webhook: what people did on pages, in our own words.

https://developers.facebook.com/docs/messenger-platform/reference/webhook-events. Only what the bot
acts upon is understood; echoes, deliveries, reads and all that Meta may add is passed over.
"""

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tenants.bots import payloads
from tenants.bots.platforms.wire import LONGEST_TEXT, Incoming, Kind


class _Part(BaseModel):
    """Strict: a number is no text. What we do not name is ignored, as Meta asks for."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class _End(_Part):
    id: str = Field(min_length=1, max_length=64)


class _QuickReply(_Part):
    payload: str = ""


class _Message(_Part):
    mid: str = Field(min_length=1)
    text: str = ""
    is_echo: bool = False
    quick_reply: _QuickReply | None = None


class _Postback(_Part):
    payload: str
    title: str = ""
    mid: str = ""


class _Referral(_Part):
    ref: str = ""


class _Event(_Part):
    sender: _End
    recipient: _End
    timestamp: int = Field(gt=0, lt=10**14)
    message: _Message | None = None
    postback: _Postback | None = None
    referral: _Referral | None = None


class _Entry(_Part):
    id: str = Field(min_length=1, max_length=64)
    messaging: list[dict[str, Any]] = []


class _Webhook(_Part):
    object: str
    entry: list[_Entry]


def events_in(body: bytes) -> list[Incoming]:
    """What people did, oldest first. Nothing, for a body that is not about pages.

    A part that cannot be read is passed over alone: its neighbours count.
    """
    try:
        webhook = _Webhook.model_validate_json(body)
    except ValidationError:
        return []
    if webhook.object != "page":
        return []
    found = [
        incoming
        for entry in webhook.entry
        for part in entry.messaging
        if (incoming := _read(entry.id, part)) is not None
    ]
    return sorted(found, key=lambda incoming: incoming.at)


def _read(page: str, part: dict[str, Any]) -> Incoming | None:
    try:
        event = _Event.model_validate(part)
    except ValidationError:
        return None
    if event.recipient.id != page:  # an echo: the page itself spoke
        return None
    at = datetime.fromtimestamp(event.timestamp / 1000, UTC)
    # Older kinds of events carry no id of their own; time and content stand in for it.
    unnamed = f"{event.sender.id}:{event.timestamp}"
    if (message := event.message) and not message.is_echo:
        tapped = message.quick_reply.payload if message.quick_reply else ""
        kind = Kind.TAP if tapped else Kind.TEXT if message.text.strip() else Kind.OTHER
        return Incoming(
            event_id=message.mid,
            place=page,
            sender=event.sender.id,
            kind=kind,
            at=at,
            text=message.text[:LONGEST_TEXT],
            payload=tapped,
        )
    if postback := event.postback:
        return Incoming(
            event_id=postback.mid or f"{unnamed}:{postback.payload}",
            place=page,
            sender=event.sender.id,
            kind=Kind.START if postback.payload == payloads.START else Kind.TAP,
            at=at,
            text=postback.title[:LONGEST_TEXT],
            payload=postback.payload,
        )
    if event.referral:
        return Incoming(
            event_id=f"{unnamed}:{event.referral.ref}",
            place=page,
            sender=event.sender.id,
            kind=Kind.START,
            at=at,
        )
    return None
