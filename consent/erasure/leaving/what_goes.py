"""Which tables a business has, which of their rows go with it, and which stay on a ground of law.

No list stands here: whatever is behind a business's wall is found in Django's app registry, and
what stays is what its declaration says.
"""

from collections.abc import Iterator

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from chatbo.foundation.isolation import current_tenant_id
from chatbo.foundation.isolation.models import TenantForeignKey
from chatbo.foundation.isolation.statements import (
    Walled,
    WrittenOnce,
    models_with_tables,
    statement_of,
)
from chatbo.foundation.personal_data import Kept, declared_about_persons
from tenants.accounts.models import Tenant

Table = type[models.Model]
Rows = QuerySet[models.Model]


def tables() -> list[Table]:
    """Every table behind a business's wall, but for its own row; children before their parents."""
    found = [
        model
        for model in models_with_tables()
        if isinstance(wall := statement_of(model), Walled) and wall.by == "tenant_id"
    ]
    ordered: list[Table] = []
    for model in found:
        _place(model, found, ordered)
    return ordered[::-1]


def own_tables() -> list[Table]:
    """Its own row first, then every other table."""
    return [Tenant, *tables()]


def rows_of(model: Table) -> Rows:
    """The business's own rows. Said besides the scope: some tables show more than one may write."""
    owner = "pk" if model is Tenant else "tenant_id"
    rows: Rows = model._base_manager.filter(**{owner: current_tenant_id()})
    return rows


def rows_that_go(model: Table) -> Rows:
    """In the tenant's scope: of a table that ``may_be_emptied``, without what stays."""
    staying = [_what_a_kept_row_is_about(model), *([stays] if (stays := _kept(model)) else [])]
    rows = rows_of(model)
    for each in staying:
        rows = rows.exclude(each)
    return rows


def rows_that_stay(model: Table) -> Rows:
    """In the tenant's scope: what law has us keep of a table, on the ground of ``kept_of``."""
    stays = _kept(model)
    rows = rows_of(model)
    return rows.none() if stays is None else rows.filter(stays)


def kept_of(model: Table) -> Kept | None:
    """The ground on which rows of a model are kept; of several people, it is the same for each."""
    ends = (declaration.end for declaration in declared_about_persons(model))
    return next((end for end in ends if isinstance(end, Kept)), None)


def grounds() -> dict[str, Kept]:
    """The ground for each model of which rows are kept, by its label."""
    return {model._meta.label: kept for model in tables() if (kept := kept_of(model))}


def may_be_emptied(model: Table) -> bool:
    """Not what the database lets go by a function of its own, or, like the tree's leaves, never."""
    promise: WrittenOnce | None = getattr(model, "written_once", None)
    return promise is None or promise.deletable


def files_of(rows: Rows) -> set[str]:
    """The files that these rows name, as their declaration says."""
    names = {
        name for declaration in declared_about_persons(rows.model) for name in declaration.files
    }
    found = (rows.values_list(name, flat=True) for name in names)
    return {file for files in found for file in files if file}


def is_anything_kept_of(tenant: Tenant) -> bool:
    """Whether a row stays that is about the business itself, as a contract is."""
    return any(
        rows_that_stay(model).exists()
        for model in tables()
        for declaration in declared_about_persons(model)
        if declaration.subject == Tenant._meta.label and isinstance(declaration.end, Kept)
    )


def tables_behind_kept_rows() -> list[Table]:
    """Whose rows stand for somebody whom kept rows are about, and stay as long as these."""
    return [model for model in tables() if may_be_emptied(model) and any(_declared_about(model))]


def _kept(model: Table) -> Q | None:
    """``None`` where nothing of it is."""
    kept = kept_of(model)
    if kept is None:
        return None
    # An empty Q excludes nothing: "all of it" has to be said.
    return kept.outlives_business or Q(pk__isnull=False)


def _what_a_kept_row_is_about(model: Table) -> Q:
    """Whoever stands behind a kept row stays with it, as long as they are there themselves."""
    about = Q(pk__in=[])
    for other, kept in _declared_about(model):
        for mine, theirs in kept:
            rows = rows_that_stay(other).filter(**{mine: OuterRef(theirs)})
            about |= Q(Exists(rows))
    return about


def _declared_about(model: Table) -> Iterator[tuple[Table, list[tuple[str, str]]]]:
    for other in tables():
        for declaration in declared_about_persons(other):
            if declaration.subject == model._meta.label and isinstance(declaration.end, Kept):
                yield other, list(declaration.match.items())


def _place(model: Table, among: list[Table], ordered: list[Table]) -> None:
    """Parents first, and after them the model."""
    if model in ordered:
        return
    for field in model._meta.local_fields:
        parent = field.remote_field.model if isinstance(field, TenantForeignKey) else None
        if parent in among and parent is not model:
            _place(parent, among, ordered)
    ordered.append(model)
