"""How many people's word stands on a version of a text: whom a change of it concerns."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from consent.ledger.models import ConsentIdentity, ConsentRecord

Decision = ConsentRecord.Decision


@dataclass(frozen=True)
class Holders:
    people: int
    businesses: int


def holders_of(
    versions: Collection[uuid.UUID],
    *,
    decisions: Collection[Decision] = (Decision.GRANTED, Decision.SHOWN),
) -> Holders:
    """Whose last word on a purpose was given on one of these versions, in the scope that is open.

    Whoever withdrew or refused is not concerned, unless asked for by ``decisions``; nor is anybody
    whom nobody can find any more: the erased, and visitors who clicked without a name.
    """
    later = ConsentRecord.objects.filter(
        tenant_id=OuterRef("tenant_id"),
        subject_id=OuterRef("subject_id"),
        purpose=OuterRef("purpose"),
        given_at__gt=OuterRef("given_at"),
    )
    people = ConsentIdentity.objects.filter(
        tenant_id=OuterRef("tenant_id"), subject_id=OuterRef("subject_id")
    )
    counted = (
        ConsentRecord.objects.filter(
            text_version_id__in=list(versions), decision__in=list(decisions)
        )
        .filter(Exists(people), ~Exists(later))
        .order_by()
        .aggregate(
            people=Count("subject_id", distinct=True),
            businesses=Count("tenant_id", distinct=True),
        )
    )
    return Holders(**counted)
