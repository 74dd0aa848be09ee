"""Whom a version of a text concerns once it is approved: counted before a lawyer decides."""

from dataclasses import dataclass

from consent.embeds.models import Tool
from consent.ledger.holders import holders_of
from consent.texts.models import TextVersion
from dpa.contracts.older_versions import businesses_holding
from dpa.contracts.wording import KEYS as CONTRACT
from tenants.accounts.models import Tenant
from tenants.bots.models import Bot

PUBLISHED = ("passage-", "tenant-")
"""Texts that stand on the businesses' own pages."""


@dataclass(frozen=True)
class Concerned:
    """``None``: this kind of text is nothing to them."""

    people: int | None = None
    businesses: int | None = None
    bots: int | None = None
    tools: int | None = None

    @property
    def is_nobody(self) -> bool:
        return not any((self.people, self.businesses, self.bots, self.tools))


def whom_concerns(version: TextVersion) -> Concerned:
    """Who holds an earlier version of this text, or shows it, in the platform's scope.

    Counted from what is there: contracts in force, the last word of people in the ledger, live
    bots, tools that are on. Languages count for themselves.
    """
    earlier = TextVersion.objects.filter(
        key=version.key, language=version.language, number__lt=version.number
    ).values_list("pk", flat=True)
    key, language = version.key, version.language
    if key in CONTRACT.values():
        return Concerned(businesses=businesses_holding(earlier))
    if key.startswith(PUBLISHED):
        return Concerned(businesses=Tenant.objects.count())
    if key.startswith("consent-embed-"):
        tools = Tool.objects.filter(state=Tool.State.ON, language=language)
        return Concerned(tools=tools.count())
    holders = holders_of(earlier)
    if key.startswith("bot-"):
        bots = Bot.objects.filter(state=Bot.State.LIVE, language=language).count()
        return Concerned(people=holders.people or None, bots=bots)
    return Concerned(people=holders.people, businesses=holders.businesses or None)
