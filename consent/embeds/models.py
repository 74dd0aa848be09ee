"""Conversion tools for websites, and each version of them that was ever handed out."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.isolation.listing import Listed
from chatbo.foundation.isolation.models import TenantForeignKey, TenantModel
from chatbo.foundation.isolation.statements import WrittenOnce
from chatbo.foundation.personal_data import NoPersonalData
from consent.texts.models import TextVersion
from tenants.bots.bots import answers_everybody
from tenants.bots.models import Bot, Channel, Platform


class Tool(TenantModel):
    """What leads a website's visitors to a bot: today a button, with two clicks.

    Its ``id`` is public: it stands in the code on the website and in the addresses under ``/e/``.
    """

    class Kind(models.TextChoices):
        BUTTON = "button", _("button")

    class Position(models.TextChoices):
        INLINE = "inline", _("where the code stands")
        CORNER = "corner", _("in the corner, always in sight")

    class State(models.TextChoices):
        ON = "on", _("on")
        OFF = "off", _("off")

    bot = TenantForeignKey(
        Bot, on_delete=models.CASCADE, related_name="tools", verbose_name=_("bot")
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.BUTTON)
    label = models.CharField(_("words on the button"), max_length=40)
    position = models.CharField(
        _("place"), max_length=10, choices=Position, default=Position.INLINE
    )
    language = models.CharField(_("language"), max_length=5, default="de")
    state = models.CharField(max_length=3, choices=State, default=State.ON)
    version = models.PositiveIntegerField(default=0)
    """The number of the version that is handed out now."""
    created_at = models.DateTimeField(auto_now_add=True)

    listed: ClassVar = (Listed("tool", lambda row: str(row.pk)),)
    audit_target: ClassVar = Target(_("Conversion tool"), named="label")
    personal_data: ClassVar = NoPersonalData("The business's own settings.")

    class Meta:
        verbose_name = _("conversion tool")
        verbose_name_plural = _("conversion tools")
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def has_chat(self) -> bool:
        """Whether the bot's web chat, which it opens, is switched on."""
        chats = Channel.objects.filter(bot_id=self.bot_id, platform=Platform.WEB)
        return chats.filter(state=Channel.State.CONNECTED).exists()

    @property
    def is_available(self) -> bool:
        """Whether a visitor gets through to the chat: tool on, bot live, web chat on."""
        return self.state == self.State.ON and answers_everybody(self.bot) and self.has_chat

    @property
    def current(self) -> "ToolVersion":
        return self.versions.select_related("notice_text", "consent_text").get(number=self.version)


class ToolVersion(TenantModel):
    """A tool as it was handed out once, word for word. Never changed.

    Websites keep what was pasted into them, so a consent says which version it was given on.
    """

    tool = TenantForeignKey(Tool, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    notice_text = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="+")
    consent_text = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    notice = models.TextField()
    """The notice as it is shown, HTML."""
    consent = models.TextField()
    """The sentence beside the button of the second click, HTML."""
    snippet = models.TextField()
    """The code for the website: markup and style, no script."""
    script = models.TextField()
    """The same as a script, for whoever wants to load it by its address."""
    sha256 = models.CharField(max_length=64)
    """Of snippet and script."""
    made_at = models.DateTimeField(auto_now_add=True)

    written_once: ClassVar = WrittenOnce(deletable=True)
    personal_data: ClassVar = NoPersonalData("The platform's and the business's own texts.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "tool", "number"], name="tool_version_number_once"
            )
        ]
