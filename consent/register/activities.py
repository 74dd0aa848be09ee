"""The register of processing: what happens with personal data, why, and who receives it.

One source for Annex 1 of the contract (Art. 28(3) GDPR), the privacy passage (Art. 13) and the
record of processing activities (Art. 30), so that they cannot contradict each other. All words
are in the language that is active during the call: open ``translation.override`` first.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chatbo.foundation.personal_data import Category
from consent.register.kinds import kinds_about, words_for
from tenants.accounts.models import Tenant
from tenants.bots.models import Bot, Channel, Platform


@dataclass(frozen=True)
class Recipient:
    """Who receives the data besides the processor, where, and by which right."""

    name: str
    role: str
    country: str
    ground: str
    """The ground for leaving the EU/EEA (Arts. 44-49 GDPR); empty where nothing leaves it."""

    @property
    def outside_eu(self) -> bool:
        return bool(self.ground)


@dataclass(frozen=True)
class Activity:
    """One processing activity in words, as Arts. 13, 28(3) and 30 GDPR ask for it.

    ``recipients`` leaves ChatBo itself and its sub-processors out: they act for the
    controller, and have their own places in the contract and in the passage.
    """

    key: str
    """``messenger``, ``telegram``, ``web``, ``tool``, ``proof`` or ``newsletter``."""
    title: str
    purpose: str
    legal_basis: str
    data_kinds: tuple[str, ...]
    data_subjects: str
    recipients: tuple[Recipient, ...]
    starts: str
    """The moment from which on data flows."""
    stops: str
    """What the person does to end it."""
    retention: str


def activities_of(tenant: Tenant, *, with_tools: bool = True) -> list[Activity]:
    """What ChatBo processes for this tenant: its channels, its conversion tools, the proofs.

    Call inside the tenant's scope. Channels of draft bots count too: the contract is signed
    before a bot goes live. Without any channel only tools and proofs are left. The tools are
    in a room above, so whoever knows that there are none passes ``with_tools=False``.
    """
    months = dict(
        Channel.objects.filter(tenant_id=tenant.pk)
        .exclude(state=Channel.State.DISCONNECTED)
        .values_list("platform")
        .annotate(Max("bot__retention_months"))
        .order_by()
    )
    found = [
        describe(months[platform]) for platform, describe in _CHANNELS.items() if platform in months
    ]
    if with_tools:
        found.append(_tool())
    return [*found, _proof()]


def activities_offered() -> list[Activity]:
    """Everything a tenant can switch on, with the shortest preset retention.

    For a contract that is signed before the first channel is connected.
    """
    preset = Bot._meta.get_field("retention_months").get_default()
    return [*(describe(preset) for describe in _CHANNELS.values()), _tool(), _proof()]


def newsletter() -> Activity:
    """ChatBo's own newsletter. ChatBo is the controller: no part of any tenant's contract."""
    return Activity(
        key="newsletter",
        title=_("ChatBo's newsletter"),
        purpose=_("News about ChatBo by e-mail"),
        legal_basis=_("Consent, Art. 6(1)(a) GDPR, sec. 7(2) no. 2 UWG"),
        data_kinds=(_("e-mail address"), words_for(Category.CONSENT)),
        data_subjects=_("customers who ordered it"),
        recipients=(),
        starts=_("with the click on the link in the confirmation mail"),
        stops=_("by the unsubscribe link in every e-mail"),
        retention=_("until withdrawal; the proof of consent as stated there"),
    )


def _subscribers() -> str:
    return _("persons who write to the chatbot (customers, interested persons, other enquirers)")


def _retention(months: int) -> str:
    return ngettext(
        "until the person unsubscribes, at the latest %(months)d month after the last contact",
        "until the person unsubscribes, at the latest %(months)d months after the last contact",
        months,
    ) % {"months": months}


def _answering() -> str:
    return _(
        "Contract and steps before it, Art. 6(1)(b) GDPR; for all other enquiries the legitimate"
        " interest in answering them, Art. 6(1)(f) GDPR"
    )


def _unsubscribing() -> str:
    return _("by “Unsubscribe” in the bot's menu, which erases everything")


def _messenger(months: int) -> Activity:
    return Activity(
        key=Platform.MESSENGER,
        title=_("Chatbot on Facebook Messenger"),
        purpose=_("Answering messages that a person sends to the company's Facebook page"),
        legal_basis=_answering(),
        data_kinds=kinds_about("bots.Subscriber"),
        data_subjects=_subscribers(),
        recipients=(
            Recipient(
                name="Meta Platforms Ireland Ltd.",
                role=_("operator of Messenger, controller of its own"),
                country=_("Ireland"),
                ground="",
            ),
            Recipient(
                name="Meta Platforms, Inc.",
                role=_("receives data from Meta Platforms Ireland Ltd."),
                country=_("USA"),
                ground=_("EU-US Data Privacy Framework, decision (EU) 2023/1795, Art. 45 GDPR"),
            ),
        ),
        starts=_("with the first message that the person sends in Messenger"),
        stops=_unsubscribing(),
        retention=_retention(months),
    )


def _telegram(months: int) -> Activity:
    return Activity(
        key=Platform.TELEGRAM,
        title=_("Chatbot on Telegram"),
        purpose=_("Answering messages that a person sends to the company's Telegram bot"),
        legal_basis=_answering(),
        data_kinds=kinds_about("bots.Subscriber"),
        data_subjects=_subscribers(),
        recipients=(
            Recipient(
                name=_("companies of the Telegram group"),
                role=_("operators of Telegram, controllers of their own"),
                country=_("British Virgin Islands, United Arab Emirates"),
                ground=_(
                    "needed to answer over the service that the person chose, Art. 49(1)(b) GDPR"
                ),
            ),
        ),
        starts=_("with the first message that the person sends in Telegram"),
        stops=_unsubscribing(),
        retention=_retention(months),
    )


def _web(months: int) -> Activity:
    return Activity(
        key=Platform.WEB,
        title=_("Chatbot on the company's own website (web chat)"),
        purpose=_("Answering messages that a person writes in the chat window"),
        legal_basis=_answering(),
        data_kinds=kinds_about("bots.Subscriber"),
        data_subjects=_("visitors of the website who open the chat"),
        recipients=(),
        starts=_("with the first message that the person writes in the chat window"),
        stops=_unsubscribing(),
        retention=_retention(months),
    )


def _tool() -> Activity:
    return Activity(
        key="tool",
        title=_("Conversion tools on websites (two clicks)"),
        purpose=_("Leading visitors of a website to the chatbot once they have agreed"),
        legal_basis=_("Consent, Art. 6(1)(a) GDPR, sec. 25(1) TDDDG"),
        data_kinds=(words_for(Category.CONSENT),),
        data_subjects=_("visitors of the website who use the tool"),
        recipients=(),
        starts=_("with the second click; before it nothing is stored and no platform contacted"),
        stops=_("by not clicking; afterwards in the chat by “Unsubscribe”"),
        retention=_("the choice is not remembered; the record of the consent as a proof"),
    )


def _proof() -> Activity:
    return Activity(
        key="proof",
        title=_("Proof of consents, notices and erasures"),
        purpose=_("Proving that people were informed, agreed, withdrew and were erased"),
        legal_basis=_("Legal duty, Art. 6(1)(c) with Arts. 5(2), 7(1) and 17(3)(e) GDPR"),
        data_kinds=(
            words_for(Category.CONSENT),
            _("pseudonym in place of the identifier, code of the erasure"),
        ),
        data_subjects=_("persons who agreed, withdrew or asked for erasure"),
        recipients=(),
        starts=_("with the notice, the consent or the request"),
        stops=_("at the end of the retention period, without asking"),
        retention=_(
            "pseudonymous, three years from the end of the year of the withdrawal or erasure"
            " (secs. 195, 199 BGB)"
        ),
    )


_CHANNELS: dict[str, Callable[[int], Activity]] = {
    Platform.MESSENGER: _messenger,
    Platform.TELEGRAM: _telegram,
    Platform.WEB: _web,
}
