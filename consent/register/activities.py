"""The register of processing: what happens with personal data, why, and who receives it.

One source for Annex 1 of the contract (Art. 28(3) GDPR), the privacy passage (Art. 13) and the
record of processing activities (Art. 30), so that they cannot contradict each other. Each room
offers its own features (``offers``), those above this one too. All words are in the language that
is active during the call: open ``translation.override`` first.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chatbo.foundation import operator
from chatbo.foundation.countries import country_name
from consent.register.offers import Chosen, Source, recipients_of, sources
from consent.register.retention import PRESET
from tenants.accounts.models import Tenant
from tenants.bots.models import Platform


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
    controller, and have their own places in the contract, the passage and the record.
    """

    key: str
    """The feature that it comes with: ``telegram``, ``tool``, ``newsletter``."""
    title: str
    purpose: str
    legal_basis: str
    tables: tuple[str, ...]
    """The models in which its data lie, by label."""
    data_kinds: tuple[str, ...]
    data_subjects: str
    recipients: tuple[Recipient, ...]
    starts: str
    """The moment from which on data flows."""
    stops: str
    """What the person does to end it."""
    retention: str

    @property
    def transfers(self) -> tuple[Recipient, ...]:
        """Those of the recipients who are outside the EU and the EEA."""
        return tuple(each for each in self.recipients if each.outside_eu)

    @property
    def is_channel(self) -> bool:
        return self.key in Platform.values


def chatbo() -> Recipient:
    """ChatBo itself, towards whoever is processed for a tenant."""
    return Recipient(
        name=operator.NAME,
        role=_("operator of ChatBo, processor under Art. 28 GDPR"),
        country=country_name(operator.COUNTRY),
        ground="",
    )


def activities_of(tenant: Tenant) -> list[Activity]:
    """What ChatBo processes for this tenant: its channels, its conversion tools, the proofs.

    Call inside the tenant's scope. Channels of draft bots count too: the contract is signed
    before a bot goes live. With nothing switched on only the proofs are left.
    """
    found: list[Activity] = []
    named = recipients_of(tenant.pk)
    for source in sources():
        on = _switched_on(source, tenant)
        found += [
            describe(Chosen(on[key], tenant.consent_network, named))
            for key, describe in source.features.items()
            if key in on
        ]
    return found


def activities_offered(tenant: Tenant | None = None) -> list[Activity]:
    """Everything a tenant can switch on, with the preset retention.

    Of one tenant: for a contract that is signed before the first channel is connected. Of none:
    what any may choose.
    """
    chosen = Chosen(PRESET)
    if tenant is not None:
        chosen = Chosen(PRESET, tenant.consent_network, recipients_of(tenant.pk))
    return [describe(chosen) for source in sources() for describe in source.features.values()]


def switched_on_by(tenant_ids: Collection[uuid.UUID] | None) -> dict[uuid.UUID, set[str]]:
    """The features that these tenants have switched on, or (``None``) all in the open scope.

    One query a room, however many tenants there are. What is on for everybody is left out.
    """
    found: dict[uuid.UUID, set[str]] = {}
    for source in sources():
        for tenant_id, key, _months in source.switched_on(tenant_ids) if source.switched_on else ():
            found.setdefault(tenant_id, set()).add(key)
    return found


def features_of_everybody() -> set[str]:
    """What nobody switches: it is done for every tenant."""
    return {key for source in sources() if source.switched_on is None for key in source.features}


def _switched_on(source: Source, tenant: Tenant) -> dict[str, int]:
    if source.switched_on is None:
        return dict.fromkeys(source.features, PRESET)
    return {key: months for _id, key, months in source.switched_on([tenant.pk])}
