"""Bots, the channels they speak on, the people they speak with, and what was said."""

import re
import unicodedata
import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models.functions import Left
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.encryption import (
    BlindIndexField,
    EncryptedTextField,
    blind_index,
    blind_indexes,
    text_or,
)
from chatbo.foundation.isolation.listing import Listed
from chatbo.foundation.isolation.models import TenantForeignKey, TenantModel
from chatbo.foundation.jobs.models import Job, JobQuerySet
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

    audit_target: ClassVar = Target(_("Bot"), named="name")
    personal_data: ClassVar = NoPersonalData("The business's own settings.")

    class Meta:
        verbose_name = _("bot")
        verbose_name_plural = _("bots")

    def __str__(self) -> str:
        return self.name


class Rule(TenantModel):
    """When one of the words is said, this is answered. The first rule that fits wins."""

    bot = TenantForeignKey(Bot, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(default=0)
    keywords = models.CharField(_("words, separated by commas"), max_length=300)
    answer = models.TextField(_("answer"), max_length=1500)

    audit_target: ClassVar = Target(_("Rule"), named=Left("keywords", 60))
    personal_data: ClassVar = NoPersonalData("The business's own texts.")

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["position", "id"]

    @property
    def words(self) -> list[str]:
        """The words as they were written, without the empty ones."""
        return [word.strip() for word in self.keywords.split(",") if word.strip()]

    def fits(self, text: str) -> bool:
        """Whether one of the words stands in the text as a whole word; case does not matter."""
        said = f" {plainly(text)} "
        return any(f" {plain} " in said for word in self.words if (plain := plainly(word)))


def plainly(text: str) -> str:
    """Text as it is compared: in one case, without punctuation, single spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[^\w]+", " ", folded).split())


class Platform(models.TextChoices):
    MESSENGER = "messenger", "Messenger"
    TELEGRAM = "telegram", "Telegram"
    WEB = "web", _("web chat")


class Channel(TenantModel):
    """Where a bot speaks: a Messenger page, a Telegram bot, the web chat."""

    class State(models.TextChoices):
        CONNECTED = "connected", _("connected")
        BROKEN = "broken", _("needs attention")
        DISCONNECTED = "disconnected", _("disconnected")

    class Menu(models.TextChoices):
        PENDING = "pending", _("being set")
        SET = "set", _("set")
        FAILED = "failed", _("could not be set")

    bot = TenantForeignKey(Bot, on_delete=models.CASCADE, related_name="channels")
    platform = models.CharField(max_length=12, choices=Platform)
    external_id = models.CharField(max_length=100)
    """The page's or bot's public id at the platform; the web chat's is its own id."""
    name = models.CharField(max_length=120)
    address = models.URLField(blank=True)
    """Where people find it at the platform."""
    token = EncryptedTextField(blank=True)
    webhook_secret = EncryptedTextField(blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.CONNECTED)
    problem = models.CharField(max_length=60, blank=True)
    """A code that the page puts into words; empty while all is well."""
    menu_state = models.CharField(max_length=10, choices=Menu, default=Menu.PENDING)
    menu_set_at = models.DateTimeField(null=True)
    menu = models.JSONField(default=dict)
    """What the fixed menu must be: the fields of ``platforms.wire.Menu``."""
    connected_at = models.DateTimeField(auto_now_add=True)

    listed: ClassVar = (
        Listed("channel", lambda row: str(row.pk)),
        # One page, one business: the directory keeps this for the whole platform.
        Listed("messenger-page", lambda row: row.external_id),
        Listed("telegram-channel", lambda row: row.external_id),
    )
    audit_target: ClassVar = Target(_("Channel"), named="name")
    personal_data: ClassVar = NoPersonalData(
        "The business's own connection.",
        besides=dict.fromkeys(("token", "webhook_secret"), "The business's key at the platform."),
    )

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "platform", "external_id"], name="channel_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class MenuWatch(TenantModel, Job):
    """The job that puts a channel's fixed menu up, and looks every day whether it is still there.

    It never finishes: after a success it is due again a day later.
    """

    channel = TenantForeignKey(Channel, on_delete=models.CASCADE, related_name="menu_watches")

    objects = JobQuerySet["MenuWatch"].as_manager()

    personal_data: ClassVar = NoPersonalData("About the business's own page; names nobody.")

    class Meta:
        verbose_name = _("watch over a menu")
        verbose_name_plural = _("watches over menus")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "channel"], name="menu_watch_once")
        ]
        indexes = [
            models.Index(
                fields=["not_before"], name="menu_watch_due", condition=models.Q(finished_at=None)
            )
        ]


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def known_as(self, channel_id: uuid.UUID, external_id: str) -> "Subscriber | None":
        """The person with this id at the platform, if anything is stored on them."""
        return self.filter(
            channel_id=channel_id, external_index__in=subscriber_indexes(channel_id, external_id)
        ).first()


def subscriber_index(channel_id: uuid.UUID, external_id: str) -> str:
    """The blind index of a person: platforms' ids are only unique on their channel."""
    return blind_index(f"{channel_id}:{external_id}", purpose="subscriber")


def subscriber_indexes(channel_id: uuid.UUID, external_id: str) -> list[str]:
    return blind_indexes(f"{channel_id}:{external_id}", purpose="subscriber")


class Subscriber(TenantModel):
    """A person who wrote to a bot. The platform's id is all that identifies them here."""

    channel = TenantForeignKey(Channel, on_delete=models.CASCADE, related_name="subscribers")
    external_id = EncryptedTextField()
    external_index = BlindIndexField(
        purpose="subscriber", value=lambda row: f"{row.channel_id}:{row.external_id}"
    )
    language = models.CharField(max_length=5, default="de")
    first_seen_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(auto_now_add=True)
    notice_shown_at = models.DateTimeField(null=True)
    """When the person was last told that this is a bot."""
    is_trial = models.BooleanField(default=False)
    """Whether this is a member of the business, trying the bot out."""
    restricted_at = models.DateTimeField(null=True)
    """Since when their data are stored and not used (Art. 18 GDPR; ``consent.rights``)."""
    unrestricted_at = models.DateTimeField(null=True)
    """When that ended last. Nobody counts as inactive for what they could not write before it."""

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
        withheld={"external_index": _("A keyed digest of the identifier, which is given out.")},
        end=Deleted(),
        export="person",
    )

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "channel", "external_index"], name="subscriber_once"
            )
        ]
        indexes = [
            # Counts people, and those of lately, without looking at their rows.
            models.Index(
                fields=["tenant_id", "channel", "last_seen_at"],
                name="subscriber_counted",
                condition=models.Q(is_trial=False),
            ),
            # Few of many are; the list of people shows them alone.
            models.Index(
                fields=["tenant_id", "id"],
                name="subscriber_restricted",
                condition=models.Q(restricted_at__isnull=False),
            ),
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
    """What could be tapped below it: the fields of ``platforms.wire.Button``."""
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    """When the platform took it; of a received message, nothing."""
    problem = models.CharField(max_length=60, blank=True)
    """The platform's code of why it was never sent."""
    platform_message_id = models.CharField(max_length=120, blank=True)

    personal_data: ClassVar = PersonalData(
        subject="bots.Subscriber",
        match={"subscriber_id": "id"},
        holds={
            "text": Category.CONTENT,
            "buttons": Category.CONTENT,
            "at": Category.USAGE,
            "platform_message_id": Category.IDENTIFIER,
        },
        end=Deleted(),
        export="messages",
        besides={"problem": "The platform's code."},
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["at", "id"]

    @property
    def shown_text(self) -> str:
        """The text, or what a reader is told where no key opens it."""
        return text_or(self, "text", gettext("This message cannot be read at the moment."))


REPLY_WINDOW = timedelta(hours=24)
"""How long after a person's message Messenger lets a bot answer (Send API)."""
