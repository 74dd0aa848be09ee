"""Bots, the channels they speak on, the people they speak with, and what was said."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.encryption import EncryptedTextField, blind_index, blind_indexes
from chatbo.foundation.isolation.models import TenantForeignKey, TenantModel
from chatbo.foundation.personal_data import Category, Deleted, NoPersonalData, PersonalData


class Bot(TenantModel):
    """A chatbot of a tenant. Its menu is not here: nobody can change it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        LIVE = "live", _("live")
        PAUSED = "paused", _("paused")

    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=5, default="de")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    greeting = models.TextField(_("greeting"), max_length=600, blank=True)
    fallback = models.TextField(_("answer when no rule fits"), max_length=600, blank=True)
    retention_months = models.PositiveSmallIntegerField(
        _("months until inactive subscribers are erased"), default=12
    )
    created_at = models.DateTimeField(auto_now_add=True)

    personal_data: ClassVar = NoPersonalData("The business's own settings.")

    def __str__(self) -> str:
        return self.name


class Rule(TenantModel):
    """When one of the words is said, this is answered. The first rule that fits wins."""

    bot = TenantForeignKey(Bot, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(default=0)
    keywords = models.CharField(_("words, separated by commas"), max_length=300)
    answer = models.TextField(_("answer"), max_length=1500)

    personal_data: ClassVar = NoPersonalData("The business's own texts.")

    class Meta:
        ordering = ["position", "id"]


class Platform(models.TextChoices):
    MESSENGER = "messenger", "Messenger"
    TELEGRAM = "telegram", "Telegram"
    WEB = "web", _("web chat")


class Channel(TenantModel):
    """Where a bot speaks: a Messenger page, a Telegram bot, the web chat."""

    class State(models.TextChoices):
        CONNECTED = "connected", _("connected")
        BROKEN = "broken", _("needs attention")

    class Menu(models.TextChoices):
        PENDING = "pending", _("being set")
        SET = "set", _("set")
        FAILED = "failed", _("could not be set")

    bot = TenantForeignKey(Bot, on_delete=models.CASCADE, related_name="channels")
    platform = models.CharField(max_length=12, choices=Platform)
    external_id = models.CharField(max_length=100)
    """The page's or bot's public id at the platform; the web chat's is its own id."""
    name = models.CharField(max_length=120)
    token = EncryptedTextField(blank=True)
    webhook_secret = EncryptedTextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.CONNECTED)
    problem = models.CharField(max_length=60, blank=True)
    """A code that the page puts into words; empty while all is well."""
    menu_state = models.CharField(max_length=10, choices=Menu, default=Menu.PENDING)
    menu_set_at = models.DateTimeField(null=True)
    connected_at = models.DateTimeField(auto_now_add=True)

    personal_data: ClassVar = NoPersonalData("The business's own connection.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "platform", "external_id"], name="channel_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def known_as(self, channel: Channel, external_id: str) -> "Subscriber | None":
        """The person with this id at the platform, if anything is stored on them."""
        return self.filter(
            channel=channel, external_index__in=subscriber_indexes(channel, external_id)
        ).first()


def subscriber_index(channel: Channel, external_id: str) -> str:
    return blind_index(f"{channel.pk}:{external_id}", purpose="subscriber")


def subscriber_indexes(channel: Channel, external_id: str) -> list[str]:
    return blind_indexes(f"{channel.pk}:{external_id}", purpose="subscriber")


class Subscriber(TenantModel):
    """A person who wrote to a bot. The platform's id is all that identifies them here."""

    channel = TenantForeignKey(Channel, on_delete=models.CASCADE, related_name="subscribers")
    external_id = EncryptedTextField()
    external_index = models.CharField(max_length=64)
    language = models.CharField(max_length=5, default="de")
    first_seen_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(auto_now_add=True)
    notice_shown_at = models.DateTimeField(null=True)
    """When the person was last told that this is a bot."""

    objects = SubscriberQuerySet.as_manager()

    personal_data: ClassVar = PersonalData(
        subject="bots.Subscriber",
        match={"id": "id"},
        holds={
            "external_id": Category.IDENTIFIER,
            "external_index": Category.IDENTIFIER,
            "language": Category.USAGE,
            "first_seen_at": Category.USAGE,
            "last_seen_at": Category.USAGE,
        },
        end=Deleted(),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "channel", "external_index"], name="subscriber_once"
            )
        ]


class Message(TenantModel):
    """What was said, by the person or by the bot."""

    class Direction(models.TextChoices):
        IN = "in", _("received")
        OUT = "out", _("sent")

    subscriber = TenantForeignKey(Subscriber, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction)
    text = EncryptedTextField()
    buttons = models.JSONField(default=list)
    """What could be tapped below it: pairs of title and payload."""
    at = models.DateTimeField()
    platform_message_id = models.CharField(max_length=120, blank=True)

    personal_data: ClassVar = PersonalData(
        subject="bots.Subscriber",
        match={"subscriber_id": "id"},
        holds={"text": Category.CONTENT, "at": Category.USAGE},
        end=Deleted(),
    )

    class Meta:
        ordering = ["at", "id"]


REPLY_WINDOW = timedelta(hours=24)
"""How long after a person's message Messenger lets a bot answer (Send API)."""
