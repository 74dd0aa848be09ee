"""The system checks of isolation: what the models state, and whether the database does it."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import DEFAULT_DB_ALIAS, connections, models

from chatbo.foundation.isolation.catalog import read_catalog
from chatbo.foundation.isolation.models import TenantForeignKey, TenantModel
from chatbo.foundation.isolation.statements import (
    Shared,
    Walled,
    models_with_tables,
    statement_of,
)
from chatbo.foundation.isolation.undeclared import undeclared
from chatbo.foundation.isolation.walls import Hole, holes_for_application, holes_in


@register()
def check_statements(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Fail on any model that does not say whose rows it holds, or says what cannot be."""
    return [fault for model in models_with_tables() for fault in faults_of(model)]


@register(Tags.database)
def check_walls(
    app_configs: Any, databases: Iterable[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Fail on any hole in the databases named, as ``check --database default`` does."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            serves = alias == DEFAULT_DB_ALIAS
            holes = holes_for_application(cursor) if serves else holes_in(read_catalog(cursor))
            found += [message_of(hole) for hole in holes]
    return found


@register(Tags.database)
def check_tables_of_nobody(
    app_configs: Any, databases: Iterable[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn of what no model knows: a newer release's, or left over, and then never erased."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            found += [
                CheckWarning(
                    f"{name} is in the database and in no model: no erasure looks there.",
                    hint="If no newer release has made it, remove it by a migration.",
                    id="isolation.W002",
                )
                for name in undeclared(cursor)
            ]
    return found


def message_of(hole: Hole) -> CheckMessage:
    kind = Error if hole.stops else CheckWarning
    return kind(str(hole), hint=hole.remedy, id=f"isolation.{hole.code}")


def faults_of(model: type[models.Model]) -> Iterator[CheckMessage]:
    """What is missing or contradictory in one model's statement."""
    table, statement = model._meta.db_table, statement_of(model)
    if statement is None:
        yield Error(
            f"{table}: {model._meta.label} does not state whose rows it holds.",
            hint="Make it a TenantModel with IsolateTable in its migration; or write isolation ="
            " Shared(reason) on it; for a library's model call isolation.statements"
            ".declare_shared().",
            obj=model,
            id="isolation.E001",
        )
        return
    for fault in _contradictions(model, statement):
        yield Error(f"{table}: {fault}", obj=model, id="isolation.E002")


def _contradictions(model: type[models.Model], statement: Walled | Shared) -> Iterator[str]:
    label = model._meta.label
    columns = {field.column for field in model._meta.local_fields}
    if isinstance(statement, Shared):
        if not statement.reason.strip():
            yield f"{label} is Shared without a reason."
        if issubclass(model, TenantModel):
            yield f"{label} is a TenantModel and cannot be Shared."
    elif statement.by not in columns:
        yield f"{label} is Walled by {statement.by}, a column that it does not have."
    for field in model._meta.local_fields:
        if not isinstance(field, models.ForeignKey):
            continue
        parent = field.remote_field.model
        inside = isinstance(statement, Walled) and isinstance(statement_of(parent), Walled)
        if isinstance(field, TenantForeignKey) != inside:
            yield (
                f"{label}.{field.name} leads to {parent._meta.label}: TenantForeignKey is for"
                " references between two tables behind the wall, and only it is."
            )
