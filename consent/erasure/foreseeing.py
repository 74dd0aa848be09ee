"""The dry run: what an erasure would delete and keep, before anybody presses the button."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from chatbo.foundation.personal_data.rows import rows_about_any
from consent.erasure.deletion import delete_rows
from consent.erasure.holds.models import Hold
from consent.erasure.models import ErasurePolicy
from consent.erasure.policy import endings_under, kept_under, policy_for
from consent.erasure.rows import Gone, count_kept
from consent.erasure.selecting import Selection, passed_over, selected
from consent.erasure.words import KeptInWords, WhatGoes, counted, kept_by_ground
from consent.ledger.models import ConsentRecord
from tenants.bots.models import Subscriber

TRIED = 100
"""Up to so many people are really deleted, and brought back; of more the rows are counted."""


@dataclass(frozen=True)
class Foreseen(WhatGoes):
    people: int
    is_counted: bool
    """Then the records of withdrawal that the erasure adds are not among what is kept."""
    restricted: int
    """So many of those who were named stay, as their data are restricted."""


def foresee(selection: Selection) -> Foreseen:
    """What erasing these people would do now, in the open scope. Nothing of it is done.

    Of few it is the very deletion, rolled back. Of many that would hold their rows too long.
    """
    people = selected(selection)
    number = people.count()
    is_counted = number > TRIED
    with transaction.atomic():
        policy = policy_for(Subscriber._meta.label)
        gone = _count(people, policy) if is_counted else _try(people, policy)
        transaction.set_rollback(True)
    return Foreseen(
        people=number,
        deleted=counted(gone.counts),
        kept=_in_words(gone, policy),
        is_counted=is_counted,
        restricted=passed_over(selection).count(),
    )


def _try(people: QuerySet[Subscriber], policy: ErasurePolicy) -> Gone:
    held = list(people.select_for_update(of=("self",)))
    return delete_rows(held, policy, source=ConsentRecord.Source.PAGE)


def _count(people: QuerySet[Subscriber], policy: ErasurePolicy) -> Gone:
    people = people.order_by()
    counts = {
        ending.model._meta.label: rows_about_any(people, ending.model, ending.declaration).count()
        for ending in endings_under(policy)
        if ending.end == "deleted"
    }
    return Gone(
        counts={label: count for label, count in counts.items() if count},
        kept=count_kept(people, policy),
    )


def _in_words(gone: Gone, policy: ErasurePolicy) -> list[KeptInWords]:
    grounds = {model._meta.label: kept for model, kept in kept_under(policy)}
    own = {Hold._meta.label: gone.claim_until} if gone.claim_until else {}
    return kept_by_ground(gone.kept, grounds, timezone.now(), own=own)
