"""Attempts to point into another tenant: foreign keys are checked past row-level security."""

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from chatbo.foundation.isolation.models import TenantForeignKey
from tests.foundation.isolation.conftest import attempt
from tests.foundation.isolation.planting import WALLED, Model, insert, plant, row, scope_of

REFERENCES = [
    (model, field)
    for model in WALLED
    for field in model._meta.local_fields
    if isinstance(field, TenantForeignKey)
]
each_reference = pytest.mark.parametrize(
    ("model", "field"), REFERENCES, ids=lambda value: getattr(value, "name", "") or value.__name__
)


@each_reference
def test_a_row_cannot_be_born_pointing_into_another_tenant(
    db: None, model: Model, field: TenantForeignKey
) -> None:
    mine, theirs = uuid.uuid4(), uuid.uuid4()
    with scope_of(model, theirs):
        parent = plant(field.remote_field.model, theirs)
    with scope_of(model, mine):
        own = plant(field.remote_field.model, mine)
        values = row(model, mine, **{field.column: own})

    assert _said_against(model, mine, values) == ""
    assert "foreign key" in _said_against(model, mine, values | {field.column: parent})


@each_reference
def test_a_row_cannot_be_turned_to_point_into_another_tenant(
    db: None, model: Model, field: TenantForeignKey
) -> None:
    mine, theirs = uuid.uuid4(), uuid.uuid4()
    with scope_of(model, theirs):
        parent = plant(field.remote_field.model, theirs)
    with scope_of(model, mine):
        child = plant(model, mine)
        outcome = attempt(
            f'UPDATE "{model._meta.db_table}" SET "{field.column}" = %s WHERE id = %s;'
            " SET CONSTRAINTS ALL IMMEDIATE",
            [parent, child],
        )

    assert any(words in str(outcome) for words in ("foreign key", "permission denied"))


@each_reference
def test_the_refusal_does_not_tell_whether_the_neighbours_row_exists(
    db: None, model: Model, field: TenantForeignKey
) -> None:
    mine, theirs, nobodys = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    with scope_of(model, theirs):
        parent = plant(field.remote_field.model, theirs)
    with scope_of(model, mine):
        values = row(model, mine)

    existing = _said_against(model, mine, values | {field.column: parent})
    made_up = _said_against(model, mine, values | {field.column: nobodys})

    assert existing.replace(str(parent), "") == made_up.replace(str(nobodys), "")


@each_reference
def test_what_the_neighbour_deletes_leaves_my_rows_alone(
    db: None, model: Model, field: TenantForeignKey
) -> None:
    """A cascade runs past row-level security, too: it must stay with the tenant."""
    parent: Model = field.remote_field.model
    mine, theirs, shared_id = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    with scope_of(model, mine):
        plant(parent, mine, id=shared_id)
        child = plant(model, mine, **{field.column: shared_id})
    with scope_of(model, theirs):
        plant(parent, theirs, id=shared_id)
        outcome = attempt(f'DELETE FROM "{parent._meta.db_table}" WHERE id = %s', [shared_id])

    assert outcome == 1 or "permission denied" in str(outcome) or "never" in str(outcome)
    with scope_of(model, mine), connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{field.column}" FROM "{model._meta.db_table}" WHERE id = %s', [child]
        )
        assert cursor.fetchone() == (shared_id,)


def _said_against(model: Model, owner: uuid.UUID, values: dict[str, Any]) -> str:
    """The database's words when the row is inserted and its references are looked at."""
    try:
        with transaction.atomic(), scope_of(model, owner):
            insert(model, values)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error)
    return ""
