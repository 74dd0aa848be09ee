"""What things are called that something was done to: their kind, and each its own name.

A model that the log may point at says so itself:

    class Bot(TenantModel):
        audit_target: ClassVar = Target(_("Bot"), named="name")

A name is read when the log is read, and stands in no entry. It comes out of plain columns:
what is encrypted stays closed.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.functional import Promise

from chatbo.foundation.isolation.statements import Walled, statement_of

Reference = tuple[str, str]
"""A kind (``AuditEntry.target_kind``) and an id."""


@dataclass(frozen=True)
class Target:
    """The ``word`` for the kind, and where a row's name stands; nowhere: it has none."""

    word: str | Promise
    named: str | Combinable | None = None


def model_of(kind: str) -> type[models.Model] | None:
    """The model; nothing for an entry's that is of no kind, or of one that is no more."""
    try:
        return apps.get_model(kind) if kind else None
    except LookupError:
        return None


def target_of(model: type[models.Model] | None) -> Target | None:
    declared: Target | None = getattr(model, "audit_target", None)
    return declared


def tells_its_names(kind: str, *, to_platform: bool) -> bool:
    """Whether the log's reader may read such rows, so that one that is not found is gone.

    A business reads its own and what is shared; the platform, which would read the rows of all,
    learns the names of what is shared alone.
    """
    model = model_of(kind)
    if model is None or target_of(model) is None:
        return False
    statement = statement_of(model)
    if isinstance(statement, Walled):
        return statement.scope == "app.tenant_id" and not to_platform
    return statement is not None


def names_of(references: Iterable[Reference]) -> dict[Reference, str]:
    """The names of those that are still there, by one question, of however many kinds they are."""
    ids = defaultdict(set)
    for kind, row_id in references:
        ids[kind].add(row_id)
    asked = [_names(kind, rows) for kind, rows in sorted(ids.items())]
    if not asked:
        return {}
    together = reduce(lambda one, other: one.union(other, all=True), asked)
    return {(kind, row_id): name for kind, row_id, name in together}


def _names(kind: str, ids: set[str]) -> Any:
    model = apps.get_model(kind)
    target = target_of(model)
    named = (target and target.named) or Value("")
    name = F(named) if isinstance(named, str) else named
    return (
        model._base_manager.filter(pk__in=ids)
        .order_by()
        .values_list(
            Value(kind, output_field=TextField()), Cast("pk", TextField()), Cast(name, TextField())
        )
    )
