"""What every bot says because the law asks for it, in approved versions: notice, menu, erasure."""

from datetime import timedelta

from chatbo.conversation.receipts import link_button, receipt_button
from consent.erasure.person_exports.making import KEPT_FOR
from consent.erasure.person_exports.models import PersonExport
from consent.ledger.models import ConsentRecord
from consent.texts.errors import NotApprovedError
from consent.texts.models import TextVersion
from consent.texts.versions import filled, fitting, text_in_force, texts_in_force
from tenants.accounts.legal_pages import imprint_url, privacy_url
from tenants.accounts.models import Tenant
from tenants.bots import payloads
from tenants.bots.models import Bot
from tenants.bots.platforms import Button, Menu, Outgoing

MENU = ("bot-menu-unsubscribe", "bot-menu-imprint", "bot-menu-privacy")
DATA = ("bot-data-ready", "bot-data-button")
QUESTION = ("bot-erasure-question", "bot-erasure-yes", "bot-erasure-no")


def fixed_menu(bot: Bot) -> Menu:
    """The menu that stands on every channel of a bot. There is no way to change it."""
    tenant = Tenant.objects.get(pk=bot.tenant_id)
    texts = texts_in_force(MENU, bot.language)
    unsubscribe, imprint, privacy = (texts[key].body.strip() for key in MENU)
    return Menu(
        unsubscribe=unsubscribe,
        imprint=imprint,
        imprint_url=imprint_url(tenant),
        privacy=privacy,
        privacy_url=privacy_url(tenant),
    )


class Legal:
    """The legal sentences of one bot, filled in for its business."""

    def __init__(self, bot: Bot) -> None:
        self._language = bot.language
        self._tenant = Tenant.objects.get(pk=bot.tenant_id)
        self._values = {
            "company": self._tenant.company,
            "imprint_url": imprint_url(self._tenant),
            "privacy_url": privacy_url(self._tenant),
            "contact_email": self._tenant.contact_email or imprint_url(self._tenant),
            "hours": KEPT_FOR // timedelta(hours=1),
        }

    def notice(self) -> tuple[TextVersion, Outgoing]:
        """That this is a bot, whose, and how to stop (sec. 18(3) MStV); with its version."""
        version = text_in_force("bot-notice", self._language)
        return version, Outgoing(self._filled(version))

    def notice_with(self, notice: Outgoing, record: ConsentRecord) -> Outgoing:
        """The notice with the way to its receipt; without, while no words for it are in force."""
        try:
            title = self._text("bot-receipt")
        except NotApprovedError:
            return notice
        return Outgoing(notice.text, (receipt_button(record, title=title),))

    def question(self) -> Outgoing:
        """Whether the person really wants to be erased: a tap to confirm, a tap to keep."""
        texts = texts_in_force(QUESTION, self._language)
        question, yes, no = (self._filled(texts[key]) for key in QUESTION)
        return Outgoing(
            question,
            (Button(yes, payload=payloads.ERASE), Button(no, payload=payloads.KEEP)),
        )

    def kept(self) -> Outgoing:
        return Outgoing(self._text("bot-erasure-cancelled"))

    def data_asked(self) -> Outgoing:
        """That what is stored on the person is being put together (Art. 15 GDPR)."""
        return Outgoing(self._text("bot-data-started"))

    def data_ready(self, export: PersonExport) -> Outgoing:
        texts = texts_in_force(DATA, self._language)
        said, title = (self._filled(texts[key]) for key in DATA)
        return Outgoing(said, (link_button(export, title=title),))

    def data_too_often(self) -> Outgoing:
        return Outgoing(self._text("bot-data-often"))

    def restriction_ends(self) -> Outgoing:
        """What a person is told before a restriction is lifted (Art. 18(3) GDPR)."""
        return Outgoing(self._text("bot-restriction-ends"))

    def imprint(self) -> Outgoing:
        return Outgoing(f"{self._text('bot-menu-imprint')}: {self._values['imprint_url']}")

    def privacy(self) -> Outgoing:
        return Outgoing(f"{self._text('bot-menu-privacy')}: {self._values['privacy_url']}")

    def fallback(self) -> Outgoing:
        return Outgoing(self._text("bot-fallback"))

    def _text(self, key: str) -> str:
        return self._filled(text_in_force(key, self._language))

    def _filled(self, version: TextVersion) -> str:
        return filled(version, fitting(version, self._values)).strip()
