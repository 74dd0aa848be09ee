"""The dry run: what the end of the business would delete and keep, before anybody asks for it."""

from django.utils import timezone

from consent.erasure.leaving.models import GRACE
from consent.erasure.leaving.what_goes import (
    grounds,
    may_be_emptied,
    rows_that_go,
    rows_that_stay,
    tables,
)
from consent.erasure.words import WhatGoes, counted, kept_by_ground
from consent.ledger.models import ConsentRecord


def foresee_ending() -> WhatGoes:
    """What would go and what would stay now, in the business's scope. Nothing of it is done."""
    stays = kept_by_ground(count_what_stays(), grounds(), timezone.now() + GRACE)
    return WhatGoes(counted(count_what_goes()), stays)


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
