"""The wire to each platform, behind one door.

``send`` is what other rooms call; it raises the errors of ``platforms.errors`` and nothing else.
None of this belongs inside a transaction that holds locks: a platform may take seconds.
"""

from django.conf import settings
from django.urls import reverse

from chatbo.foundation.encryption import text_or
from tenants.bots.models import Channel, Platform
from tenants.bots.platforms import messenger, telegram, web
from tenants.bots.platforms.errors import (
    PermanentError,
    PlatformError,
    TemporaryError,
    TokenDeadError,
)
from tenants.bots.platforms.wire import Button, Menu, Outgoing, Receipt

__all__ = [
    "Button",
    "Menu",
    "Outgoing",
    "PermanentError",
    "PlatformError",
    "Receipt",
    "TemporaryError",
    "acknowledge_tap",
    "leave",
    "put_up_menu",
    "send",
    "webhook_url",
]


def send(channel: Channel, external_id: str, outgoing: Outgoing) -> Receipt:
    """Send one message to one person on a channel.

    Raises a ``PlatformError`` that says what to do: ``TemporaryError`` and ``RateLimitedError``
    may pass, ``PersonGoneError``, ``WindowClosedError`` and ``ThreadTakenError`` concern this
    person alone, the others the channel. For the web chat it always succeeds (see ``web``).
    """
    if channel.platform == Platform.WEB:
        return web.send(outgoing)
    token = _token(channel)
    if channel.platform == Platform.MESSENGER:
        return messenger.send(token, external_id, outgoing)
    return telegram.send(token, external_id, outgoing)


def put_up_menu(channel: Channel, menu: Menu) -> bool:
    """Make sure that the channel's events reach us and its fixed menu is there.

    Looks first and writes only what is missing. Says whether anything was.
    """
    token = _token(channel)
    if channel.platform == Platform.MESSENGER:
        messenger.subscribe_page(token)
        if messenger.has_menu(token, menu):
            return False
        messenger.set_menu(token, menu)
        return True
    url = webhook_url(channel)
    missing = not telegram.has_webhook(token, url)
    if missing:
        telegram.set_webhook(token, url, _readable(channel, "webhook_secret"))
    if not telegram.has_menu(token, menu, channel.bot.language):
        telegram.set_menu(token, menu, channel.bot.language)
        missing = True
    return missing


def leave(channel: Channel) -> None:
    """Take our menu and our webhook away from the page or bot."""
    if channel.platform == Platform.MESSENGER:
        messenger.leave_page(_token(channel))
    elif channel.platform == Platform.TELEGRAM:
        telegram.leave(_token(channel))


def acknowledge_tap(channel: Channel, answer_id: str) -> None:
    """Let a tapped button stop waiting, where the platform makes it wait (Telegram)."""
    if channel.platform == Platform.TELEGRAM:
        telegram.acknowledge_tap(_token(channel), answer_id)


def webhook_url(channel: Channel) -> str:
    """Where Telegram sends a channel's updates: an address of its own, checked by its secret."""
    return str(settings.BASE_URL + reverse("conversation:telegram", args=[channel.pk]))


def _token(channel: Channel) -> str:
    return _readable(channel, "token")


def _readable(channel: Channel, name: str) -> str:
    """What is missing, or opens with no key of ours, is made anew by connecting again."""
    text = text_or(channel, name, "")
    if not text:
        raise TokenDeadError(f"no_{name}")
    return text
