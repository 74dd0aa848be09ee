"""Who holds a contract of a version that has been replaced since, and what that asks for.

Computed anew each time; nothing remembers it. Call within the platform's scope.
"""

import uuid
from collections.abc import Collection, Mapping
from contextlib import suppress

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from consent.texts.effects import Effect, strongest
from consent.texts.errors import NotApprovedError
from consent.texts.models import TextVersion
from consent.texts.versions import effects_since
from dpa.contracts.models import Contract
from dpa.contracts.wording import KEYS

FIELDS = tuple(KEYS)
"""A contract's texts: the agreement and its annexes."""

Effects = Mapping[uuid.UUID, Effect]
"""By the version of a text: what somebody who signed that one has to be told, or asked."""


def effects_of_changes() -> Effects:
    """The versions whose signatories have to be told or asked again; the others are left out.

    A text of which nothing is in force asks for nothing: there is nothing to sign.
    """
    found: dict[uuid.UUID, Effect] = {}
    versions = list(TextVersion.objects.filter(key__in=KEYS.values()))
    for key in KEYS.values():
        with suppress(NotApprovedError):
            effects = effects_since([version for version in versions if version.key == key])
            found |= {v.pk: effect for v, effect in effects.items() if effect.must_be_told}
    return found


def contracts_concerned(effects: Effects) -> QuerySet[Contract]:
    """The contracts in force, one a business, that hold one of these versions.

    Each with ``next_state``: how far the business's next contract is, if there is one.
    """
    under_way = Contract.objects.filter(tenant_id=OuterRef("tenant_id")).open()
    return _in_force(effects).annotate(next_state=Subquery(under_way.values("state")[:1]))


def effect_on(contract: Contract, effects: Effects) -> Effect:
    """The strongest of what the changes of its texts ask for."""
    versions = (getattr(contract, f"{field}_id") for field in FIELDS)
    return strongest(effects[pk] for pk in versions if pk in effects)


def businesses_holding(versions: Collection[uuid.UUID]) -> int:
    """How many businesses' contract in force holds one of these versions of a text."""
    return _in_force(versions).count()


def _in_force(versions: Collection[uuid.UUID]) -> QuerySet[Contract]:
    """As ``agreement_in_force`` finds it: the newest that is completed."""
    newer = Contract.objects.completed().filter(
        tenant_id=OuterRef("tenant_id"), completed_at__gt=OuterRef("completed_at")
    )
    holds = Q()
    for field in FIELDS:
        holds |= Q(**{f"{field}_id__in": list(versions)})
    return Contract.objects.completed().filter(holds).filter(~Exists(newer))
