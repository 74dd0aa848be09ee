"""Whom a version of a text concerns once it is approved: counted before a lawyer decides."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from consent.embeds.models import Tool
from consent.ledger.holders import Holders, holders_of
from consent.ledger.models import ConsentRecord
from consent.ledger.withdrawing import AT_A_BUTTON
from consent.signup.changed_texts import PRIVACY, TERMS
from consent.signup.shown import KEYS as AT_SIGN_UP
from consent.texts.models import TextVersion
from dpa.contracts.older_versions import businesses_holding
from dpa.contracts.wording import KEYS as CONTRACT
from tenants.accounts.models import Membership, Tenant
from tenants.bots.models import Bot

Purpose, Decision = ConsentRecord.Purpose, ConsentRecord.Decision
_AT_A_BUTTON = {AT_SIGN_UP[Purpose(purpose)] for purpose in AT_A_BUTTON}
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
    return _concerned(version, earlier)


def whom_concerns_leaving(version: TextVersion) -> Concerned:
    """Who holds this very version, or shows it: whom it concerns that it no longer holds."""
    return _concerned(version, [version.pk])


def _concerned(version: TextVersion, earlier: Collection[uuid.UUID]) -> Concerned:
    key, language = version.key, version.language
    if key in CONTRACT.values():
        return Concerned(businesses=businesses_holding(earlier))
    if key.startswith(PUBLISHED):
        return Concerned(businesses=Tenant.objects.staying().count())
    if key.startswith("consent-embed-"):
        tools = Tool.objects.filter(state=Tool.State.ON, language=language)
        return Concerned(tools=tools.count())
    return _people_concerned(key, language, earlier)


def _people_concerned(key: str, language: str, earlier: Collection[uuid.UUID]) -> Concerned:
    if key == TERMS:
        return _customers_under_terms(earlier, language)
    if key == PRIVACY:
        return _account_holders(language)
    if key in _AT_A_BUTTON:
        return _as_concerned(holders_of(earlier, decisions=[Decision.GRANTED]))
    holders = holders_of(earlier)
    if key.startswith("bot-"):
        bots = Bot.objects.filter(state=Bot.State.LIVE, language=language).count()
        return Concerned(people=holders.people or None, bots=bots)
    return _as_concerned(holders)


def _customers_under_terms(earlier: Collection[uuid.UUID], language: str) -> Concerned:
    """Who agreed to them at the sign-up, with one sentence that led there, or was asked since.

    A no is counted: an earlier version goes on for whoever said it, and is what changes.
    """
    sentence = TextVersion.objects.filter(key=AT_SIGN_UP[Purpose.TERMS], language=language)
    versions = [*earlier, *sentence.values_list("pk", flat=True)]
    decisions = (Decision.GRANTED, Decision.SHOWN, Decision.REFUSED)
    return _as_concerned(holders_of(versions, decisions=decisions))


def _account_holders(language: str) -> Concerned:
    """Everybody in a business is told of the privacy policy, whether or not they signed up."""
    members = Membership.objects.filter(user__language=language, user__is_active=True)
    counted = members.order_by().aggregate(
        people=Count("user_id", distinct=True), businesses=Count("tenant_id", distinct=True)
    )
    return _as_concerned(Holders(**counted))


def _as_concerned(holders: Holders) -> Concerned:
    return Concerned(people=holders.people, businesses=holders.businesses or None)
