"""How a model states whose rows its table holds: behind the wall, or shared, and why.

Each model carries one ``isolation``; ``TenantModel`` brings it along. ``walls`` compares what is
stated with what the database really does. A model that says nothing fails the system check
``isolation.E001``: it cannot be forgotten.

    class TextVersion(models.Model):
        isolation: ClassVar = Shared("The platform's own texts: every business reads the same.")
        written_once: ClassVar = WrittenOnce()
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.MEMORY, __name__, NoPersonalData("Statements on tables, made at the start."))


def in_scope(setting: str) -> str:
    """The SQL for "the id whose scope is open", as PostgreSQL writes it back from its catalog.

    After a pooled connection's first use an unset setting reads as the empty string, hence
    ``NULLIF``.
    """
    return f"(NULLIF(current_setting('{setting}'::text, true), ''::text))::uuid"


@dataclass(frozen=True)
class Walled:
    """Each row has one owner, and the database shows it in that owner's scope alone.

    ``by``: the column that names the owner; ``setting``: the scope it is compared with.
    ``also_read``: further SELECT policies, name to condition, written as PostgreSQL writes it
    back (``pg_get_expr``), because it is compared word for word.
    ``calls``: the functions that these conditions call, as ``name(argument types)`` to body.
    ``ownerless``: why rows without an owner exist, which only the platform reads; else none may.
    ``unique_across``: what is unique over all owners, columns to the reason why that tells
    nobody anything.
    """

    by: str = "tenant_id"
    setting: str = ""
    also_read: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, str] = field(default_factory=dict)
    ownerless: str = ""
    unique_across: Mapping[str, str] = field(default_factory=dict)

    @property
    def scope(self) -> str:
        return self.setting or f"app.{self.by}"


@dataclass(frozen=True)
class Shared:
    """No wall: whoever the application serves may meet any row, and why that is right."""

    reason: str


@dataclass(frozen=True)
class WrittenOnce:
    """Rows are never altered: ``AppendOnly`` in the migration.

    ``deletable``: but may end. ``ended_by``: and then by this function of the database alone.
    """

    deletable: bool = False
    ended_by: str = ""


Statement = Walled | Shared

_of_others: dict[str, Shared] = {}


def declare_shared(name: str, reason: str) -> None:
    """State for a library's model (``app.Model``), or a table without one, what it cannot say."""
    _of_others[name.lower()] = Shared(reason)


def statement_of(model: type[models.Model]) -> Statement | None:
    own: Statement | None = getattr(model, "isolation", None)
    return own or _of_others.get(model._meta.label_lower)


def stated_for_tables() -> dict[str, Statement]:
    """Every table that a model or a statement speaks of. What says nothing is missing here."""
    stated: dict[str, Statement] = {
        name: statement for name, statement in _of_others.items() if "." not in name
    }
    for model in models_with_tables():
        if statement := statement_of(model):
            stated[model._meta.db_table] = statement
    return stated


def models_with_tables() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]


# Django's own, without a model in the registry.
declare_shared("django_migrations", "Names of migrations; the application may only read them.")
