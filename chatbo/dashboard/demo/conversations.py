"""What people said in the demo, before anybody opened it.

The stand-ins' persons write and tap; what then comes to the webhook is taken in here by the same
use cases, and worked on by the same tasks, because web and worker are not running yet. Once they
are, the stand-ins deliver it once more: the same event twice has one effect.
"""

import json
import secrets
from typing import Any

from django.conf import settings
from django.utils import timezone

from chatbo.conversation.intake import take_in
from chatbo.conversation.models import Delivery, IncomingEvent
from chatbo.conversation.tasks import deliver, handle_event
from chatbo.conversation.webchat import Saying, say
from chatbo.dashboard.demo.errors import DemoError
from chatbo.foundation.isolation import tenant_scope
from consent.embeds.agreeing import agree_to_chat
from consent.embeds.models import Tool
from consent.erasure.models import Erasure
from consent.erasure.tasks import carry_out
from standins.client import Control, RefusedError
from tenants.accounts.models import Tenant, User
from tenants.bots import payloads
from tenants.bots.models import Bot, Channel, Platform
from tenants.bots.platforms import messenger_events, telegram_events

JOBS: tuple[tuple[Any, Any], ...] = (
    (IncomingEvent, handle_event),
    (Delivery, deliver),
    (Erasure, carry_out),
)


def play_conversations(tenant: Tenant) -> None:
    """Three people talk with the bot, on Messenger and Telegram; one of them wants to be erased."""
    messenger = _silent_channel(tenant, Platform.MESSENGER)
    if messenger is not None:
        stage = Stage(messenger)
        stage.write(1, "Guten Morgen, wann haben Sie geöffnet?")
        stage.write(1, "Gibt es am Sonntag Kuchen?")
        stage.write(2, "Backen Sie glutenfrei?")
        stage.tap(2, payloads.UNSUBSCRIBE)
        stage.tap(2, payloads.ERASE)
    telegram = _silent_channel(tenant, Platform.TELEGRAM)
    if telegram is not None:
        stage = Stage(telegram)
        stage.start(3)
        stage.write(3, "Bis wann gibt es Frühstück?")


def play_web_chat(tenant: Tenant, tool: Tool) -> None:
    """A visitor of the café's website agrees, opens the chat and asks something."""
    channel = _silent_channel(tenant, Platform.WEB)
    if channel is None:
        return
    with tenant_scope(tenant.pk):
        version = tool.current
        agree_to_chat(tool, version=str(version.number), text=str(version.consent_text_id))
    visitor = secrets.token_urlsafe(16)
    for number, text in enumerate(["Haben Sie Nüsse im Kuchen?", "Danke!"]):
        say(channel, visitor, Saying(nonce=str(number), text=text))


def play_trial(tenant: Tenant, member: User, text: str) -> None:
    """A member of the business tries the draft bot out in the dashboard."""
    channel = _silent_channel(tenant, Platform.WEB)
    if channel is not None:
        say(channel, f"trial-{member.pk}", Saying(nonce="1", text=text), is_trial=True)


def put_on_site(slug: str, **parts: str) -> None:
    """Paste a snippet or a passage into the business's website, where the stand-ins play it."""
    if settings.STANDINS_URL:
        try:
            Control(settings.STANDINS_URL).site(slug, **parts)
        except RefusedError as error:
            raise _unreachable() from error


class Stage:
    """One channel on which people act, each act worked off before the next."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._chat = f"{channel.platform}-{channel.external_id}"
        self._control = Control(settings.STANDINS_URL)

    def start(self, person: int) -> None:
        self._act("start", person)

    def write(self, person: int, text: str) -> None:
        self._act("write", person, text)

    def tap(self, person: int, payload: str) -> None:
        self._act("tap", person, payload)

    def _act(self, act: str, person: int, *what: str) -> None:
        try:
            number = getattr(self._control, act)(self._chat, *what, person=person)
            bodies = [d["body"] for d in self._control.deliveries() if d["id"] == number]
        except RefusedError as error:
            raise _unreachable() from error
        for body in bodies:
            self._take_in(json.dumps(body).encode())
        _work_off(self._channel)

    def _take_in(self, body: bytes) -> None:
        place = self._channel.external_id
        if self._channel.platform == Platform.MESSENGER:
            events = messenger_events.events_in(body)
        else:
            event = telegram_events.event_in(body, place=place, now=timezone.now())
            events = [event] if event else []
        take_in(self._channel.tenant_id, self._channel.pk, list(events))


def _silent_channel(tenant: Tenant, platform: Platform) -> Channel | None:
    """The connected channel, if nobody ever spoke on it and there is somebody to play it."""
    if platform != Platform.WEB and not settings.STANDINS_URL:
        return None
    with tenant_scope(tenant.pk):
        channel = (
            Channel.objects.select_related("bot")
            .filter(platform=platform, state=Channel.State.CONNECTED)
            .first()
        )
        if channel is None or IncomingEvent.objects.filter(channel_id=channel.pk).exists():
            return None
        is_public = channel.bot.state == Bot.State.LIVE or platform == Platform.WEB
        return channel if is_public else None


def _work_off(channel: Channel) -> None:
    """What the worker does, until nothing is due any more."""
    tenant_id = str(channel.tenant_id)
    while True:
        with tenant_scope(tenant_id):
            due = [
                (task, str(pk))
                for model, task in JOBS
                for pk in model.objects.due().values_list("pk", flat=True)
            ]
        if not due:
            return
        for task, pk in due:
            task(tenant_id, pk)


def _unreachable() -> DemoError:
    return DemoError(
        f"The stand-ins do not answer at {settings.STANDINS_URL}: unset STANDINS_URL, or start"
        " them with `python -m standins`."
    )
