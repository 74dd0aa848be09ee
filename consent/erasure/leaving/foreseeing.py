"""The dry run: what the end of the business would delete and keep, before anybody asks for it."""

from dataclasses import dataclass

from django.utils import timezone

from consent.erasure.facts import KeptInWords
from consent.erasure.leaving.models import GRACE
from consent.erasure.leaving.what_goes import (
    kept_of,
    may_be_emptied,
    rows_that_go,
    rows_that_stay,
    tables,
)
from consent.erasure.leaving.words import counted, kind_of_table
from consent.ledger.models import ConsentRecord


@dataclass(frozen=True)
class Foreseen:
    """In the current language: kinds of rows and their numbers."""

    deleted: list[tuple[str, int]]
    kept: list[KeptInWords]


def foresee_ending() -> Foreseen:
    """What would go and what would stay now, in the business's scope. Nothing of it is done."""
    return Foreseen(counted(count_what_goes()), _kept())


def count_what_goes() -> dict[str, int]:
    """Rows by model label, of every table, the consent records among them."""
    counts = {
        model._meta.label: rows_that_go(model).count()
        for model in tables()
        if may_be_emptied(model) or model is ConsentRecord
    }
    return {label: count for label, count in counts.items() if count}


def count_what_stays() -> dict[str, int]:
    counts = {model._meta.label: rows_that_stay(model).count() for model in tables()}
    return {label: count for label, count in counts.items() if count}


def _kept() -> list[KeptInWords]:
    latest = timezone.now() + GRACE
    return [
        KeptInWords(
            what=kind_of_table(model),
            count=count,
            ground=str(kept.ground),
            law=str(kept.law),
            until=kept.until.latest(latest),
        )
        for model in tables()
        if (kept := kept_of(model)) and (count := rows_that_stay(model).count())
    ]
