"""The way to a bot that may answer the public, and how far a business has come on it."""

import dataclasses
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from chatbo.foundation.audit.models import AuditEntry
from consent.embeds.models import Tool
from dpa.contracts.company import CompanyData
from dpa.contracts.models import Contract
from tenants.accounts.models import Membership, Tenant
from tenants.bots.models import Bot, Channel

PASSAGE_SEEN = ("passage.shown", "passage.taken", "passage.address_opened")


@dataclasses.dataclass(frozen=True)
class Step:
    """One thing to do, with the page that does it."""

    title: str
    text: str
    done: bool
    url: str
    action: str


@dataclasses.dataclass(frozen=True)
class Checklist:
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def is_complete(self) -> bool:
        return self.done == len(self.steps)

    @property
    def percent(self) -> int:
        return 100 * self.done // len(self.steps)


def checklist_for(tenant: Tenant) -> Checklist:
    """All steps with their state as the rows say it now, in a handful of queries."""
    return Checklist(tuple(_steps(tenant)))


def _steps(tenant: Tenant) -> Iterator[Step]:
    slug = tenant.slug
    bots = list(Bot.objects.order_by("created_at").only("id", "state")[:50])
    contracts = set(Contract.objects.values_list("state", flat=True))
    connected = Channel.objects.filter(state=Channel.State.CONNECTED)
    is_live = any(bot.state == Bot.State.LIVE for bot in bots)
    bot_page = reverse("bots:show", args=[slug, bots[0].pk]) if bots else ""

    yield Step(
        _("Complete your company's data"),
        _("Name, address and who represents you: contract, imprint and privacy policy need them."),
        not CompanyData.known_of(tenant).problems(),
        reverse("accounts:settings", args=[slug]),
        _("Complete"),
    )
    yield Step(
        _("Create a bot"),
        _("Give it a name and the answers to what you are asked every day."),
        bool(bots),
        reverse("bots:list" if bots else "bots:new", args=[slug]),
        _("Create a bot"),
    )
    yield Step(
        _("Connect a channel"),
        _("Messenger, Telegram or the chat on your website. The fixed menu comes along by itself."),
        connected.exists(),
        bot_page,
        _("Connect"),
    )
    yield _contract_step(slug, contracts)
    yield _live_step(slug, bots, contracts, is_live=is_live)
    yield Step(
        _("Take the privacy passage"),
        _("The words about your bot for your website's privacy policy, ready to paste."),
        # By a member: what ChatBo's support looks at is not done by that.
        AuditEntry.objects.filter(
            action__in=PASSAGE_SEEN, actor_id__in=Membership.objects.values("user_id")
        ).exists(),
        reverse("passage:show", args=[slug]),
        _("Show the passage"),
    )
    yield Step(
        _("Put a button on your website"),
        _("It opens the chat, and contacts nobody before the visitor agrees."),
        Tool.objects.filter(state=Tool.State.ON).exists(),
        reverse("embeds:list", args=[slug]),
        _("Make a button"),
    )


def _contract_step(slug: str, states: set[str]) -> Step:
    """The tenant's part of it is the signature; what follows is ChatBo's."""
    state = Contract.State
    signed = bool(states & {state.SIGNED, state.COUNTERSIGNED, state.COMPLETED})
    is_back = not signed and state.REJECTED in states and state.DRAFT not in states
    return Step(
        _("Sign the data processing agreement"),
        _("We sent your contract back with a remark. Correct it and sign again.")
        if is_back
        else _("The contract that the law asks for when somebody processes data for you."),
        signed,
        reverse("contracts:list", args=[slug]),
        _("Read and sign"),
    )


def _live_step(slug: str, bots: list[Bot], states: set[str], *, is_live: bool) -> Step:
    in_review = Contract.State.COMPLETED not in states and bool(
        states & {Contract.State.SIGNED, Contract.State.COUNTERSIGNED}
    )
    page = reverse("bots:show", args=[slug, bots[0].pk]) if bots else ""
    if in_review and bots:
        text = _("We are checking your contract. You get a mail; until then you can try the bot.")
        action, page = _("Try the bot"), reverse("bots:try", args=[slug, bots[0].pk])
    else:
        text = _("From then on your bot answers everybody. You can pause it at any time.")
        action = _("Go live")
    return Step(_("Go live"), text, is_live, page, action)
