"""Rows for attempts: a valid one in any table, made from the model's fields, none forgotten.

Everything is raw SQL as the application, so that no filter of Django's or ours can help.
"""

import datetime
import uuid
from contextlib import AbstractContextManager
from typing import Any

from django.db import connection, models
from django.utils import timezone

from chatbo.foundation.isolation import partner_scope, tenant_scope
from chatbo.foundation.isolation.statements import Walled, models_with_tables, statement_of

Model = type[models.Model]

SCOPES = {"app.tenant_id": tenant_scope, "app.partner_id": partner_scope}


def wall_of(model: Model) -> Walled:
    wall = statement_of(model)
    assert isinstance(wall, Walled)
    return wall


_OWNED_BY_SOMEBODY = [
    model for model in models_with_tables() if isinstance(statement_of(model), Walled)
]

OPEN_TO_READ = [
    model for model in _OWNED_BY_SOMEBODY if "true" in wall_of(model).also_read.values()
]
"""Those that everybody may read, and only the owner writes."""

WALLED = [model for model in _OWNED_BY_SOMEBODY if model not in OPEN_TO_READ]
"""Every other table with somebody's rows, as the app registry knows them: rooms to come too."""

OWNED = [model for model in WALLED if wall_of(model).by != "id"]
"""Those whose rows could be somebody else's: all but the table of the tenants themselves."""


def label(model: Model) -> str:
    return model._meta.label_lower


def scope_of(model: Model, owner: uuid.UUID) -> AbstractContextManager[None]:
    """The scope in which the owner's rows of this table are seen."""
    return SCOPES[wall_of(model).scope](owner)


def plant(model: Model, owner: uuid.UUID, **columns: Any) -> Any:
    """Insert a row, with the rows that it has to point to. Needs the owner's scope to be open.

    ``columns`` overrides single columns by their name in the database.
    """
    values = row(model, owner, **columns)
    insert(model, values)
    return values["id"]


def row(model: Model, owner: uuid.UUID, **columns: Any) -> dict[str, Any]:
    """Column to value, ready for the database; what it points to is planted already."""
    values = {
        field.column: _value(field, owner)
        for field in model._meta.concrete_fields
        if field.column not in columns
    }
    wall = statement_of(model)
    if isinstance(wall, Walled):
        values[wall.by] = owner
    return values | columns


def insert(model: Model, values: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})',
            list(values.values()),
        )


def _value(field: Any, owner: uuid.UUID) -> Any:
    if field.is_relation:
        return None if field.null else _parent(field.remote_field.model, owner)
    value = None if field.null and not field.primary_key else _made_up(field)
    return field.get_db_prep_save(value, connection)


def _parent(model: Model, owner: uuid.UUID) -> Any:
    """A row to point to: the owner's own; of a shared table, any."""
    if isinstance(statement_of(model), Walled):
        return plant(model, owner)
    found = rows(model)
    if found:
        return found[0]
    return plant(model, owner)


def _made_up(field: Any) -> Any:
    is_text = isinstance(field, models.CharField | models.TextField)
    if is_text and field.choices and field.blank:
        return ""  # Nothing chosen yet: what is chosen may demand more of the row.
    if is_text and field.choices:
        return next(value for value, _ in field.flatchoices if value)
    if field.has_default() and not field.unique and field.default is not None:
        return field.get_default() if field.column != "tenant_id" else None
    kinds: list[tuple[type, Any]] = [
        (models.BigIntegerField, uuid.uuid4().int >> 80),
        (models.UUIDField, uuid.uuid4()),
        (models.URLField, f"https://{uuid.uuid4().hex}.example/"),
        (models.EmailField, f"{uuid.uuid4().hex}@planted.example"),
        (models.BooleanField, False),
        (models.DateTimeField, timezone.now()),
        (models.DateField, datetime.date(2026, 1, 1)),
        (models.IntegerField, 1),
        (models.DecimalField, 1),
        (models.JSONField, {}),
        (models.BinaryField, b"planted"),
        (models.GenericIPAddressField, "192.0.2.1"),
    ]
    if is_text and not isinstance(field, models.URLField | models.EmailField):
        return uuid.uuid4().hex[: field.max_length or 32]
    return next(value for kind, value in kinds if isinstance(field, kind))


def rows(model: Model) -> list[uuid.UUID]:
    """The ids of all rows that can be seen."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT id FROM "{model._meta.db_table}" ORDER BY id')
        return [found for (found,) in cursor.fetchall()]


def whole(model: Model, row_id: uuid.UUID) -> tuple[Any, ...] | None:
    """A row as it lies there, its version included: any change shows."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT xmin::text, ctid::text, * FROM "{model._meta.db_table}" WHERE id = %s',
            [row_id],
        )
        found = cursor.fetchone()
    return tuple(map(str, found)) if found else None
