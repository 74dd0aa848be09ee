"""What goes to and comes from every platform, in the product's own words."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

LONGEST = 2000
"""Characters that every platform takes of one message: Messenger's limit."""

LONGEST_TEXT = 4096
"""Of what a person writes; the rest is cut off."""


@dataclass(frozen=True)
class Button:
    """Something to tap below a message: a payload that comes back, or an address that opens."""

    title: str
    payload: str = ""
    url: str = ""


@dataclass(frozen=True)
class Outgoing:
    """One message to one person: at most 2000 characters (Messenger's limit) and 3 buttons."""

    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """The platform took a message. ``message_id`` is its own id of it, where it has one."""

    message_id: str = ""


class Kind(StrEnum):
    START = "start"
    """The person opened the conversation, or came back to it by a link."""
    TEXT = "text"
    TAP = "tap"
    OTHER = "other"
    """A picture, a voice message, ...: the person wrote, but nothing that rules can read."""


@dataclass(frozen=True)
class Incoming:
    """One thing that one person did. ``event_id`` is the platform's id of it, for "only once"."""

    event_id: str
    place: str
    """The page's or bot's id at the platform."""
    sender: str = field(repr=False)
    kind: Kind
    at: datetime
    text: str = field(default="", repr=False)
    payload: str = ""
    answer_id: str = ""
    """Telegram: under which the tap is acknowledged, so that its button stops waiting."""
    is_trial: bool = False
    """Whether a member of the business is trying the bot out. No platform can say so."""
    clicks: tuple[str, ...] = ()
    """On the web: the consents, by their records' numbers, that this visitor opened the chat with.
    Known to the page alone, for this visit."""


@dataclass(frozen=True)
class Place:
    """What a token stands for: a page or a bot at the platform."""

    external_id: str
    name: str
    address: str = ""
    """Where people find it, as a link."""


@dataclass(frozen=True)
class Menu:
    """The fixed menu, the same three entries on every bot. Nobody can change it."""

    unsubscribe: str
    imprint: str
    imprint_url: str
    privacy: str
    privacy_url: str
