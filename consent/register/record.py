"""The record of processing activities (Art. 30 GDPR), from the register and nothing else.

A tenant's as controller (30(1)), ChatBo's own as controller, and ChatBo's as processor for all
its tenants (30(2)). Nothing in it is typed in; what is switched off is gone from it at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from chatbo.foundation import operator
from chatbo.foundation.countries import country_name
from consent.register.activities import (
    Activity,
    Recipient,
    activities_of,
    activities_offered,
    chatbo,
    features_of_everybody,
    switched_on_by,
)
from consent.register.for_chatbo import activities_of_chatbo
from consent.register.offers import further_processors
from consent.texts.errors import NotApprovedError
from consent.texts.versions import text_in_force
from tenants.accounts.models import Tenant

MEASURES = "avv-annex-toms"


@dataclass(frozen=True)
class Party:
    """Who answers for it, and how they are reached (Art. 30(1)(a), (2)(a))."""

    name: str
    address: str = ""
    email: str = ""
    phone: str = ""
    representative: str = ""
    data_protection_officer: str = ""

    @property
    def is_complete(self) -> bool:
        return bool(self.address and self.email)


@dataclass(frozen=True)
class Record:
    """A controller's record: each activity with all that Art. 30(1)(b) to (g) asks for."""

    language: str
    controller: Party
    activities: tuple[Activity, ...]
    measures: str

    @property
    def has_channel(self) -> bool:
        return any(activity.is_channel for activity in self.activities)


@dataclass(frozen=True)
class Customer:
    """One controller for whom ChatBo processes, and what (Art. 30(2)(a), (b))."""

    controller: Party
    activities: tuple[str, ...]
    """Their titles."""


@dataclass(frozen=True)
class ProcessorRecord:
    """ChatBo's record as a processor (Art. 30(2)); ``customers`` are read as they are asked for."""

    language: str
    processor: Party
    activities: tuple[Activity, ...]
    further_processors: tuple[Recipient, ...]
    measures: str
    customers: Iterator[Customer]


def record_of(tenant: Tenant, *, language: str) -> Record:
    """The tenant's record as it is at this moment, in the tenant's open scope."""
    with translation.override(language):
        behind = _chatbo_and_its_processors()
        return Record(
            language=language,
            controller=party_of(tenant),
            activities=tuple(_with(behind, each) for each in activities_of(tenant)),
            measures=_measures(language),
        )


def record_of_chatbo(*, language: str) -> Record:
    """What ChatBo does for purposes of its own, in the platform's scope."""
    with translation.override(language):
        behind = tuple(further_processors())
        return Record(
            language=language,
            controller=operator_as_party(),
            activities=tuple(_with(behind, each) for each in activities_of_chatbo()),
            measures=_measures(language),
        )


def record_as_processor(tenants: QuerySet[Tenant], *, language: str) -> ProcessorRecord:
    """What ChatBo does for these tenants, in the platform's scope.

    The queries are as many for one tenant as for all of them.
    """
    with translation.override(language):
        offered = activities_offered()
        titles = {activity.key: activity.title for activity in offered}
        return ProcessorRecord(
            language=language,
            processor=operator_as_party(),
            activities=tuple(offered),
            further_processors=tuple(further_processors()),
            measures=_measures(language),
            customers=_customers(tenants, titles),
        )


def party_of(tenant: Tenant) -> Party:
    function = tenant.representative_function
    abroad = country_name(tenant.country) if tenant.country != "DE" else ""
    return Party(
        name=tenant.company,
        address=f"{tenant.address}, {abroad}" if tenant.address and abroad else tenant.address,
        email=tenant.contact_email,
        phone=tenant.contact_phone,
        representative=f"{tenant.representative} ({function})"
        if tenant.representative and function
        else tenant.representative,
        data_protection_officer=tenant.data_protection_officer,
    )


def operator_as_party() -> Party:
    return Party(
        name=operator.NAME,
        address=operator.ADDRESS,
        email=operator.EMAIL,
        phone=operator.PHONE,
        representative=operator.REPRESENTATIVE,
        data_protection_officer=operator.DATA_PROTECTION_OFFICER,
    )


def _customers(tenants: QuerySet[Tenant], titles: dict[str, str]) -> Iterator[Customer]:
    on, always = switched_on_by(None), features_of_everybody()
    for tenant in tenants.order_by("company", "pk").iterator(chunk_size=1000):
        keys = {*on.get(tenant.pk, ()), *always}
        yield Customer(party_of(tenant), tuple(titles[key] for key in titles if key in keys))


def _with(behind: tuple[Recipient, ...], activity: Activity) -> Activity:
    """The activity with all who receive the data, those too who only act for the controller."""
    return replace(activity, recipients=(*activity.recipients, *behind))


def _chatbo_and_its_processors() -> tuple[Recipient, ...]:
    return (
        chatbo(),
        *(
            replace(each, role=_("processor of ChatBo: %(purpose)s") % {"purpose": each.role})
            for each in further_processors()
        ),
    )


def _measures(language: str) -> str:
    try:
        version = text_in_force(MEASURES, language)
    except NotApprovedError:
        return _("Annex 2 of the processing agreement")
    return _("%(title)s, version %(number)s") % {
        "title": version.title,
        "number": version.number,
    }
