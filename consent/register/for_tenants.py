"""What ChatBo does for every tenant, and on the channels that it connects. Offered here.

Tools are offered by the room above that makes them (``consent.embeds.processing``).
"""

import uuid
from collections.abc import Collection, Iterable

from django.db.models import Max
from django.utils.translation import gettext as _

from consent.register.activities import Activity, Recipient
from consent.register.kinds import kinds_about, tables_about
from consent.register.offers import Chosen, Source, offer
from consent.register.retention import until_unsubscribed, while_kept, while_of_nobody
from tenants.bots.models import Channel, Platform

SUBSCRIBER = "bots.Subscriber"
PROOF = "ledger.ConsentIdentity"
"""The subject of the records of consent: a pseudonym."""


def _subscribers() -> str:
    return _("persons who write to the chatbot (customers, interested persons, other enquirers)")


def _answering() -> str:
    return _(
        "Contract and steps before it, Art. 6(1)(b) GDPR; for all other enquiries the legitimate"
        " interest in answering them, Art. 6(1)(f) GDPR"
    )


def _unsubscribing() -> str:
    return _("by “Unsubscribe” in the bot's menu, which erases everything")


def _messenger(chosen: Chosen) -> Activity:
    return Activity(
        key=Platform.MESSENGER,
        title=_("Chatbot on Facebook Messenger"),
        purpose=_("Answering messages that a person sends to the company's Facebook page"),
        legal_basis=_answering(),
        tables=tables_about(SUBSCRIBER),
        data_kinds=kinds_about(SUBSCRIBER),
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
            *chosen.recipients,
        ),
        starts=_("with the first message that the person sends in Messenger"),
        stops=_unsubscribing(),
        retention=until_unsubscribed(chosen.months),
    )


def _telegram(chosen: Chosen) -> Activity:
    return Activity(
        key=Platform.TELEGRAM,
        title=_("Chatbot on Telegram"),
        purpose=_("Answering messages that a person sends to the company's Telegram bot"),
        legal_basis=_answering(),
        tables=tables_about(SUBSCRIBER),
        data_kinds=kinds_about(SUBSCRIBER),
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
            *chosen.recipients,
        ),
        starts=_("with the first message that the person sends in Telegram"),
        stops=_unsubscribing(),
        retention=until_unsubscribed(chosen.months),
    )


def _web(chosen: Chosen) -> Activity:
    return Activity(
        key=Platform.WEB,
        title=_("Chatbot on the company's own website (web chat)"),
        purpose=_("Answering messages that a person writes in the chat window"),
        legal_basis=_answering(),
        tables=tables_about(SUBSCRIBER),
        data_kinds=kinds_about(SUBSCRIBER),
        data_subjects=_("visitors of the website who open the chat"),
        recipients=chosen.recipients,
        starts=_("with the first message that the person writes in the chat window"),
        stops=_unsubscribing(),
        retention=until_unsubscribed(chosen.months),
    )


def _proof(chosen: Chosen) -> Activity:
    return Activity(
        key="proof",
        title=_("Proof of consents, notices and erasures"),
        purpose=_("Proving that people were informed, agreed, withdrew and were erased"),
        legal_basis=_("Legal duty, Art. 6(1)(c) with Arts. 5(2), 7(1) and 17(3)(e) GDPR"),
        tables=tables_about(PROOF),
        data_kinds=(
            *kinds_about(PROOF, network=chosen.network),
            _("pseudonym in place of the identifier, code of the erasure"),
        ),
        data_subjects=_("persons who agreed, withdrew or asked for erasure"),
        recipients=(),
        starts=_("with the notice, the consent or the request"),
        stops=_("at the end of the retention period, without asking"),
        retention=_("%(proofs)s; requests outside the chat, %(requests)s; notes on them, %(notes)s")
        % {
            "proofs": kept_pseudonymous(),
            "requests": while_kept(SUBSCRIBER, "rights.RightsRequest"),
            "notes": _("until the person unsubscribes, where nothing is stored on them %(nobody)s")
            % {"nobody": while_of_nobody(SUBSCRIBER)},
        },
    )


def kept_pseudonymous() -> str:
    """How long records of consent stay, as their model declares it."""
    return _("pseudonymous, %(term)s") % {"term": while_kept(PROOF)}


def _channels_on(tenant_ids: Collection[uuid.UUID] | None) -> Iterable[tuple[uuid.UUID, str, int]]:
    connected = Channel.objects.exclude(state=Channel.State.DISCONNECTED)
    if tenant_ids is not None:
        connected = connected.filter(tenant_id__in=tenant_ids)
    longest = Max("bot__retention_months")
    return connected.values_list("tenant_id", "platform").annotate(longest).order_by()


offer(
    10,
    Source(
        {Platform.MESSENGER: _messenger, Platform.TELEGRAM: _telegram, Platform.WEB: _web},
        _channels_on,
    ),
)
offer(90, Source({"proof": _proof}, None))
