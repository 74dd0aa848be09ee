"""Reading Telegram's updates: what people did in their chat with a bot.

https://core.telegram.org/bots/api#update. Only private chats: a bot in a group would hear people
who never spoke to it.
"""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tenants.bots.platforms.wire import LONGEST_TEXT, Incoming, Kind


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class _Chat(_Part):
    id: int
    type: str


class _User(_Part):
    id: int
    is_bot: bool = False


class _Message(_Part):
    chat: _Chat
    date: int = Field(gt=0, lt=10**11)
    text: str = ""


class _CallbackMessage(_Part):
    chat: _Chat


class _CallbackQuery(_Part):
    id: str = Field(max_length=64)
    sender: _User = Field(alias="from")
    message: _CallbackMessage | None = None
    data: str = ""


class _Update(_Part):
    update_id: int
    message: _Message | None = None
    callback_query: _CallbackQuery | None = None


def event_in(body: bytes, *, place: str, now: datetime) -> Incoming | None:
    """What a person did; nothing for any other kind of update. ``now``: a tap carries no time."""
    try:
        update = _Update.model_validate_json(body)
    except ValidationError:
        return None
    event_id = str(update.update_id)
    if (message := update.message) and message.chat.type == "private":
        text = message.text.strip()[:LONGEST_TEXT]
        is_start = text.split(" ", 1)[0] == "/start"
        return Incoming(
            event_id=event_id,
            place=place,
            sender=str(message.chat.id),
            kind=Kind.START if is_start else Kind.TEXT if text else Kind.OTHER,
            at=datetime.fromtimestamp(message.date, UTC),
            text="" if is_start else text,
        )
    tap = update.callback_query
    if tap and (tap.message is None or tap.message.chat.type == "private"):
        return Incoming(
            event_id=event_id,
            place=place,
            sender=str(tap.sender.id),  # in a private chat the person's id is the chat's
            kind=Kind.TAP,
            at=now,
            payload=tap.data,
            answer_id=tap.id,
        )
    return None
