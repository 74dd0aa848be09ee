"""What was said outside about rows that an erasure deletes goes with it: it has their words."""

import uuid
from functools import lru_cache, partial
from typing import Any

from django.db import models

from chatbo.foundation.personal_data import (
    Medium,
    NoPersonalData,
    declarations_about,
    declare_store,
)
from chatbo.foundation.personal_data.declarations import PersonalData
from chatbo.foundation.personal_data.rows import Several, rows_about_any
from chatbo.foundation.personal_data.statements import Rows
from consent.erasure.never_back import words
from consent.erasure.never_back.putting_back import kinds
from tenants.bots.models import Subscriber

declare_store(Medium.MEMORY, __name__, NoPersonalData("Which kinds of rows words are about."))

Said = dict[tuple[str, type[models.Model]], set[uuid.UUID]]


@lru_cache(maxsize=1)
def of_whom_was_said() -> dict[tuple[str, type[models.Model]], Rows]:
    """How the rows on people are found that words are about, by kind: the same at each call."""
    return {
        (kind.name, kind.model): partial(_rows, kind.model, declaration)
        for kind in kinds()
        for each, declaration in declarations_about(Subscriber._meta.label)
        if each is kind.model
    }


def said_on(subjects: Several[Subscriber]) -> Said:
    """The rows on people who are about to go, as long as they lead to them."""
    return {
        kind: set(rows(subjects).values_list("pk", flat=True))
        for kind, rows in of_whom_was_said().items()
    }


def forget_what_is_gone(said: Said) -> None:
    """In the transaction that deleted them: of those rows that are here no more."""
    for (kind, model), numbers in said.items():
        if numbers:
            here = model._default_manager.filter(pk__in=numbers).values_list("pk", flat=True)
            words.forget(kind, numbers - set(here))


def _rows(
    model: type[models.Model], declaration: PersonalData, subjects: Several[Any]
) -> models.QuerySet[Any]:
    return rows_about_any(subjects, model, declaration)
