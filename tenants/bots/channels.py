"""Connecting bots with pages, and what becomes of the connection.

Whoever connects asks the platform first and writes then, so that no lock is held while a
platform takes its time. What has to be set up over there (webhook, fixed menu) is a job.
"""

import dataclasses
import secrets
import uuid
from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import text_or
from chatbo.foundation.isolation import directory
from chatbo.foundation.isolation.ids import new_id
from tenants.bots.errors import ChannelInUseError, PageTakenError
from tenants.bots.models import Bot, Channel, MenuWatch, Platform
from tenants.bots.platforms import Menu, messenger, telegram
from tenants.bots.platforms.errors import PermanentError, PlatformError
from tenants.bots.platforms.wire import Place

LOOK_AGAIN = timedelta(hours=24)
"""How often the fixed menu is looked after. A page may be asked ten times in ten minutes."""

# One page, one business: the directory keeps this for the whole platform.
_KINDS = {Platform.MESSENGER: "messenger-page", Platform.TELEGRAM: "telegram-channel"}


def connect_messenger(bot: Bot, *, token: str, menu: Menu) -> Channel:
    """Connect a bot with the page that the token stands for; its fixed menu is set by a job.

    Connecting the same page again renews its token. Raises a ``PlatformError`` where Meta does
    not know the token or does not answer, ``PageTakenError``, ``ChannelInUseError``.
    """
    return _connect(bot, Platform.MESSENGER, messenger.identify(token), token, menu)


def connect_telegram(bot: Bot, *, token: str, menu: Menu) -> Channel:
    """Connect a bot with the Telegram bot that the token stands for; like ``connect_messenger``."""
    return _connect(bot, Platform.TELEGRAM, telegram.identify(token), token, menu)


@transaction.atomic
def switch_on_web_chat(bot: Bot, *, menu: Menu) -> Channel:
    """Give a bot a web chat. A bot has one; its menu is part of the page. Twice is once."""
    Bot.objects.select_for_update().get(pk=bot.pk)
    channel = bot.channels.filter(platform=Platform.WEB).first()
    if channel is None:
        channel_id = new_id()
        channel = Channel(
            id=channel_id, bot=bot, platform=Platform.WEB, external_id=str(channel_id)
        )
        directory.register("channel", str(channel_id), channel_id)
    channel.name = bot.name
    channel.state = Channel.State.CONNECTED
    channel.menu_state, channel.menu_set_at = Channel.Menu.SET, timezone.now()
    channel.menu = dataclasses.asdict(menu)
    channel.save()
    record("channel.connected", target=channel, details={"platform": Platform.WEB})
    return channel


@transaction.atomic
def disconnect_channel(channel: Channel) -> None:
    """Part a bot from its page: the token goes, and the page is free for another business.

    What is stored on subscribers stays until they, the business or retention end it. Taking the
    menu off the page is the caller's, before this, with ``platforms.leave``: it needs the token.
    """
    if kind := _KINDS.get(Platform(channel.platform)):
        directory.forget(kind, channel.external_id)
    MenuWatch.objects.filter(channel=channel).delete()
    channel.state = Channel.State.DISCONNECTED
    channel.token = channel.webhook_secret = channel.problem = ""
    channel.save()
    record("channel.disconnected", target=channel)


@transaction.atomic
def want_menu(channel: Channel, menu: Menu) -> None:
    """Have this menu put up on a channel now, whatever is there."""
    channel.menu = dataclasses.asdict(menu)
    if channel.platform == Platform.WEB:
        channel.save(update_fields=["menu"])
        return
    channel.menu_state = Channel.Menu.PENDING
    channel.save(update_fields=["menu", "menu_state"])
    _start_watch(channel)


def note_trouble(channel_id: uuid.UUID, error: PlatformError) -> None:
    """Note what the owner must know of an error: a dead token, a restricted page, ..."""
    if not error.problem:
        return
    changes = {"problem": error.problem}
    if isinstance(error, PermanentError) or error.problem == "page_restricted":
        changes["state"] = Channel.State.BROKEN
    _connected(channel_id).update(**changes)


def note_well(channel_id: uuid.UUID) -> None:
    """The platform does what it is asked again: what was wrong is over."""
    _connected(channel_id).exclude(problem="").update(state=Channel.State.CONNECTED, problem="")


def note_menu(channel_id: uuid.UUID, state: Channel.Menu) -> None:
    now = timezone.now()
    changes = {"menu_set_at": now} if state == Channel.Menu.SET else {}
    _connected(channel_id).update(menu_state=state, **changes)


def _connected(channel_id: uuid.UUID) -> models.QuerySet[Channel]:
    return Channel.objects.filter(pk=channel_id).exclude(state=Channel.State.DISCONNECTED)


def _connect(bot: Bot, platform: Platform, place: Place, token: str, menu: Menu) -> Channel:
    with transaction.atomic():
        channel = _channel_for(bot, platform, place)
        channel.name, channel.address = place.name[:120], place.address
        channel.token = token
        known = text_or(channel, "webhook_secret", "")
        channel.webhook_secret = known or secrets.token_urlsafe(32)
        channel.state, channel.problem = Channel.State.CONNECTED, ""
        channel.menu_state = Channel.Menu.PENDING
        channel.menu = dataclasses.asdict(menu)
        channel.save()
        _start_watch(channel)
        record("channel.connected", target=channel, details={"platform": platform})
    return channel


def _channel_for(bot: Bot, platform: Platform, place: Place) -> Channel:
    """The channel of this page: the old one on connecting again, else a new one."""
    channel = (
        Channel.objects.select_for_update()
        .filter(platform=platform, external_id=place.external_id)
        .first()
    )
    if channel is None:
        channel_id = new_id()
        channel = Channel(id=channel_id, bot=bot, platform=platform, external_id=place.external_id)
        directory.register("channel", str(channel_id), channel_id)
    elif channel.bot_id != bot.pk:
        if channel.state != Channel.State.DISCONNECTED:
            raise ChannelInUseError(channel.bot.name)
        channel.bot = bot
    _take_place(_KINDS[platform], place.external_id, channel)
    return channel


def _take_place(kind: str, external_id: str, channel: Channel) -> None:
    entry = directory.find(kind, external_id)
    if entry is not None and entry.target_id == channel.pk:
        return
    try:
        directory.register(kind, external_id, channel.pk)
    except directory.TakenError as error:
        raise PageTakenError from error


def _start_watch(channel: Channel) -> None:
    """Let the menu be looked after now. Whoever is at it finds its lease gone."""
    from tenants.bots.tasks import set_menu

    watch, _ = MenuWatch.objects.update_or_create(
        channel=channel,
        defaults={"not_before": timezone.now(), "lease_until": None, "attempts": 0},
    )
    transaction.on_commit(lambda: set_menu.delay(str(watch.tenant_id), str(watch.pk)), robust=True)
